// Package clients holds tests alone: real clients of other languages against the
// emulator, and a tool that checks it by Plunk's document.
//
// They come unchanged from where their users get them, so the tests need what
// those users have, and skip without it. PLUNKMOCK_CI=1 makes such a skip a
// failure.
package clients
