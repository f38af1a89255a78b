// Package lineview draws LINE message JSON as safe HTML: what a resident's phone would show, for the
// simulator's phone and for the panel's preview.
//
// Start at Render. Everything in a message is treated as written by a stranger. Text, labels and URLs
// only ever reach html/template's contextual escaping; colours, lengths, ratios and angles are parsed
// and written again by style.go; URLs pass a list of schemes. What LINE has and this package does not
// know is shown as a small note, so that a new kind of component never hides its neighbours.
//
// Nothing drawn here acts by itself. Whatever can be tapped is a button (or, inside running text, an
// element with role="link") that carries its action as JSON in data-tap. A page that wants taps listens
// for clicks on [data-tap]; a page that does not asks for Options.Inert.
//
// A page that shows these messages links Stylesheet. Flex Messages carry free numbers and colours, so
// the HTML has style attributes: a Content-Security-Policy needs style-src-attr 'unsafe-inline' beside
// style-src 'self'. That is safe here because no style holds anything but values style.go has written.
package lineview
