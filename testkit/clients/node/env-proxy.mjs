// Makes the fetch of Node.js look at HTTPS_PROXY, where it does not by itself.
import { EnvHttpProxyAgent, setGlobalDispatcher } from "undici";

setGlobalDispatcher(new EnvHttpProxyAgent());
