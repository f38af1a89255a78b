package ippo

// TagChange is a tag that is given to many followers at once, or taken from them.
type TagChange struct {
	LongChange
	Tag  string // the name
	Adds bool
}

// Doing says what is under way: 「講座の参加者」のタグをつけて.
func (c TagChange) Doing() string {
	return "「" + c.Tag + "」のタグを" + c.verb("つけて", "外して")
}

// Did says what is done: 「講座の参加者」のタグを1,230人につけました.
func (c TagChange) Did() string {
	return "「" + c.Tag + "」のタグを" + Comma(int64(c.Changed)) + c.verb("人につけました", "人から外しました")
}

func (c TagChange) verb(adds, removes string) string {
	if c.Adds {
		return adds
	}
	return removes
}
