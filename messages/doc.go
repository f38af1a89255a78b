// Package messages is how things look in LINE: texts in every language, cards (Flex), quick replies and
// the rich menu. It is pure: the same arguments give the same JSON, which LINE is sent byte for byte.
//
// Start at Load and Words. Texts stand in catalog/*.toml, one file per language, so that whoever words
// them need not read Go; what they look like stands in one file per kind of message.
package messages
