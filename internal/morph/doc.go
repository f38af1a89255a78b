// Package morph cuts Japanese text into words: 「申込みたい」 is 申し込む and たい. It stands on kagome and the
// IPA dictionary, whose terms are in admin/static/LICENSES.txt.
//
// Start at Analyze. The dictionary is big: it is loaded when the first text is analyzed, which takes about
// a second and leaves some 50 MiB in use until the process ends; a program that analyzes nothing never
// pays for it.
package morph
