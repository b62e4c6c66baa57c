package mock

import (
	"bytes"
	_ "embed"
	"encoding/json"
)

//go:embed redirect.mjs
var redirectModule []byte

// redirectTarget stands in the module where the address of this server goes.
const redirectTarget = `"http://localhost:4580"`

// getRedirect answers the module that brings the fetch of Node.js here. What a
// client says of the server's name is not in it: someone runs it.
func (s *Server) getRedirect(call, none) (*file, error) {
	target, err := json.Marshal(s.config.URL) // a string of JSON is one of JavaScript
	return &file{
		contentType: "text/javascript; charset=utf-8",
		body:        bytes.Replace(redirectModule, []byte(redirectTarget), target, 1),
	}, err
}
