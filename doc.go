// Package ippo is the domain of a civic collaboration center's LINE account: who follows it, what
// they want to hear, what staff send them, and the rules that both may rely on.
//
// Everything here could be explained across the town-hall counter. The package imports nothing but
// the standard library: how things are kept is in package store, how they look in LINE in package
// messages, and who does what with them in bot, admin and jobs.
package ippo
