// Package linesim is a LINE platform on this machine: the Messaging API that a bot calls, the signed
// webhooks that it receives, and the people who talk to it. It keeps LINE's limits, counts and error
// bodies, and can lose an answer, deliver an event twice or run out of quota when a test asks for it.
// It knows LINE and nothing of the bot under test.
//
// Start at Platform. New makes one; Handler serves the paths of both of LINE's hosts, api.line.me and
// api-data.line.me, so one base URL (with or without a path prefix) stands in for the two:
//
//	platform := linesim.New(linesim.Options{WebhookURL: "http://127.0.0.1:8080/line/webhook"})
//	defer platform.Close()
//	http.ListenAndServe("127.0.0.1:9000", platform.Handler())
//
// People act through methods named after what a thumb does: Follow, Say, Tap, Block. Each sends the
// webhook that LINE would send. What a person sees is Screen (the whole phone), Chat (the log) or
// SentTo (only what the bot sent); Phone shows it in a browser.
//
// What goes wrong is asked for: Inject lets a Fault strike calls before or after they are accepted,
// WebhookSettings make deliveries repeat, overtake each other or share a body, SetQuota and RevokeTokens
// take away what a bot counts on. Control serves all of it over HTTP for another process.
//
// Nothing here sleeps and no test has to: WaitIdle returns when every webhook has been answered, WaitFor
// when a condition over the platform holds, and Changed is closed at the next change of anything.
//
// Facts and figures are LINE's own documentation; the constants name the page they come from as
// https://developers.line.biz/en/reference/messaging-api/#NAME, shortened to "reference: NAME".
package linesim
