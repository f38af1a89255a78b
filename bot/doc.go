// Package bot is all that residents touch: the webhook that LINE calls, the conversations, and the
// residents' own web pages and forms.
//
// Start at Bot. An event is stored before LINE is answered (webhook.go), worked on in the order of its
// follower (inbox.go), and handed to a conversation (conversation.go), which decides on a change and a
// reply. The two are committed together, and the reply leaves after that (reply.go). There is one file
// per conversation; the pages begin in pages.go.
package bot
