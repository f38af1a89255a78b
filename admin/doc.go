// Package admin is all that staff touch: the panel under /admin/ and the JSON API under /api/v1/.
//
// Start at Panel and its list of routes in admin.go, which says for each page who may open it. A
// page is a method in the file named after its concept, a template in templates/pages and a struct
// made for it. Handlers read and write through package store; whatever reaches residents is only
// written down here, and package jobs sends it.
package admin
