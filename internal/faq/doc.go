// Package faq finds the frequent questions that answer what a resident wrote, or says that there are
// none. It learns nothing: the same questions and the same text give the same result, and each hit says
// which words brought it.
//
// Start at Finder, which keeps an Index of the questions as they are now. How it weighs what it compares
// is in docs/decisions/frequent-questions.md; internal/democity measures how well.
package faq
