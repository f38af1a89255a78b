package morph

import (
	"runtime/debug"
	"strings"
	"sync"

	"github.com/ikawaha/kagome-dict/dict"
	"github.com/ikawaha/kagome-dict/ipa"
	"github.com/ikawaha/kagome/v2/tokenizer"
)

// dictionary is the IPA dictionary with what we need of each of its 392,127 entries, packed: as it comes,
// a slice of strings for each, it fills twice the memory.
type dictionary struct {
	kagome *tokenizer.Tokenizer

	kinds [][]string // the parts of speech that there are
	kind  []uint16   // of each entry, in kinds
	text  string     // base form, tab, reading of one entry after the other
	ends  []uint32   // where each ends in text
}

// loaded is the one dictionary of the process. It is a package variable because package ipa keeps its own
// in one, and a second would be as big again.
var loaded = sync.OnceValue(load)

func load() *dictionary {
	// Reading it makes much that is thrown away again at once. It goes in small steps, so that the program's
	// memory does not grow by all of it.
	defer debug.FreeOSMemory()
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	source := ipa.Dict()
	d := &dictionary{}
	d.pack(source)
	d.sort(source)
	// Only features of tokens read these, and entry and kinds have taken their place.
	source.Contents, source.POSTable.POSs = nil, nil
	var records dict.UserDictRecords
	for word, reading := range ownWords {
		records = append(records, dict.UserDicRecord{Text: word, Tokens: []string{word}, Yomi: []string{reading}, Pos: ownKind[0]})
	}
	own, err := records.NewUserDict()
	if err != nil {
		panic("morph: " + err.Error()) // the words are constant
	}
	d.kagome, err = tokenizer.New(source, tokenizer.OmitBosEos(), tokenizer.UserDict(own))
	if err != nil {
		panic("morph: " + err.Error()) // no option of ours can fail
	}
	return d
}

// ownWords are words of civic life that the dictionary, which is of 2007, does not know, with their
// readings.
var ownWords = map[string]string{
	"協働": "きょうどう", "婚活": "こんかつ", "終活": "しゅうかつ", "見守り": "みまもり", "居場所": "いばしょ", "伴走": "ばんそう",
}

var ownKind = []string{"名詞", "一般"}

// pack keeps the base form and the reading of each entry.
func (d *dictionary) pack(source *dict.Dict) {
	// Behind the parts of speech, which stand in a table of their own.
	base := int(source.ContentsMeta[dict.BaseFormIndex] - source.ContentsMeta[dict.POSHierarchy])
	reading := int(source.ContentsMeta[dict.ReadingIndex] - source.ContentsMeta[dict.POSHierarchy])
	field := func(entry []string, i int) string {
		if i < 0 || i >= len(entry) || entry[i] == "*" {
			return ""
		}
		return entry[i]
	}
	size := 0
	for _, e := range source.Contents {
		size += len(field(e, base)) + len("\t") + len(field(e, reading))
	}
	var text strings.Builder
	text.Grow(size)
	d.ends = make([]uint32, len(source.Contents))
	for i, e := range source.Contents {
		text.WriteString(field(e, base))
		text.WriteByte('\t')
		text.WriteString(field(e, reading))
		d.ends[i] = uint32(text.Len())
	}
	d.text = text.String()
}

// sort keeps each entry's parts of speech, of which there are few.
func (d *dictionary) sort(source *dict.Dict) {
	numbers := map[string]uint16{}
	d.kind = make([]uint16, len(source.POSTable.POSs))
	for i, pos := range source.POSTable.POSs {
		names := make([]string, 0, len(pos))
		for _, id := range pos {
			if name := source.POSTable.NameList[id]; name != "*" {
				names = append(names, name)
			}
		}
		key := strings.Join(names, "\t")
		n, known := numbers[key]
		if !known {
			n = uint16(len(d.kinds))
			numbers[key] = n
			d.kinds = append(d.kinds, names)
		}
		d.kind[i] = n
	}
}

// entry returns an entry's base form and its reading in katakana; "" for what it does not say.
func (d *dictionary) entry(id int) (base, reading string) {
	if id < 0 || id >= len(d.ends) {
		return "", ""
	}
	from := uint32(0)
	if id > 0 {
		from = d.ends[id-1]
	}
	base, reading, _ = strings.Cut(d.text[from:d.ends[id]], "\t")
	return base, reading
}
