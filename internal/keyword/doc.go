// Package keyword finds what many texts have in common: the words that most of them say, for the picture of all
// visions (ビジョン).
//
// Start at Gather, which counts, and Gatherer, which does so when what is shown has changed, and draws it. A word
// counts once for each text, however often the text says it: the picture is of people. Which texts these are is for
// the caller to say, who gives none that may not be shown.
package keyword
