// Package store keeps everything that must outlast the process, in one SQLite file.
//
// Start at Store. One exported method is one thing that happens, whole or not at all; what must
// happen together in one transaction is written with Store.Write and the methods of Tx. All SQL is
// here, in files named after the concept; how SQLite is opened, and what its errors mean, is in
// sqlite.go.
package store
