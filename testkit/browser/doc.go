// Package browser holds tests alone: the console in Chromium, as people use it.
//
// It is a module of its own, so that the driver of the browser is none of
// plunkmock's dependencies. The tests share one browser, in which each has a
// profile of its own, and one server, on which each has a project of its own.
// They find what they click by its role and its name, as a screen reader does.
//
// Whatever else the browser does while a test runs fails the test: a request to
// anyone but the server, an error in the log, a dialog, a window, a navigation.
// The tests skip without Chromium. PLUNKMOCK_CI=1 makes such a skip a failure.
//
//	go test -screenshots DIR   writes a picture of each view into a folder
//	go test -bench .           measures what the console costs the browser
package browser
