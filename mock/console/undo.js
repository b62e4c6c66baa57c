// What is deleted goes after a moment, so that it can be taken back until then.

import {complain, toast} from "./toast.js";

const waiting = new Map(); // how what is to be deleted is deleted at once → what it is a part of

// deleteLater hides something now and deletes it when the note about it is gone, or
// the page.
//
//   hide()     takes it out of sight
//   restore(undone) shows it again: someone wants it back, or deleting has failed
//   send(options) deletes it, with control("…", {method: "DELETE", ...options}). It
//              may run in another project than it was made in: give the query its
//              project.
//   text       of the note, such as "Deleted 3 mails."
//   of         what it is a part of, for flush
//
// It answers a function that deletes at once, for a view that is left.
export function deleteLater({hide, restore, send, text, of}) {
  const flush = async (options = {}) => {
    if (!waiting.delete(flush)) return;
    close();
    try {
      await send(options);
    } catch (error) {
      restore(false);
      complain(error);
    }
  };
  waiting.set(flush, of);
  hide();
  const close = toast(text, {
    lasts: 6000,
    gone: () => flush(),
    action: {label: "Undo", run: () => { if (waiting.delete(flush)) restore(true); }},
  });
  return () => flush();
}

// flush deletes all that waits of one thing, so that what is read next does not have it.
export function flush(of) { return Promise.all([...waiting].map(([one, part]) => part === of && one())); }

addEventListener("pagehide", () => waiting.forEach((_, flush) => flush({keepalive: true})));
