// Package jobs does the work nobody is waiting for: it delivers approved broadcasts, sends notices, makes the
// broadcasts of campaigns and series on their day, mails staff and forgets what is no longer needed.
//
// Start at Runner. Each job is a method that takes a context and does what is due now, so a test
// calls it directly; Run only decides when. The database says what is to be done and what was: a
// process that is killed anywhere goes on where the last commit left it.
package jobs
