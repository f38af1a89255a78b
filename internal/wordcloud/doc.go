// Package wordcloud draws words as a picture, the more often said the bigger, none over another.
//
// Start at Lay, which finds each word its place; SVG and PNG draw what it found. The same words make the same
// picture, to the byte. Words are measured, and drawn in the PNG, with typeface's font;
// an SVG is drawn with whatever font its reader has, made to keep to the same widths.
package wordcloud
