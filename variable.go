package ippo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Variable is a word in a broadcast's texts that stands for something of each recipient's own
// (差し込み). Staff write {{name}} or, with what to say where it is not known, {{name|みなさま}}.
//
// Nothing that residents told us in confidence is among them: the name is the one they use in LINE.
type Variable string

const (
	VariableName   Variable = "name"   // the name in LINE
	VariableArea   Variable = "area"   // the areas they chose
	VariableNumber Variable = "number" // on their ambassador's card
)

// VariableKind is what a variable stands for, and in which words.
type VariableKind struct {
	Variable Variable
	Words    string // for staff
	Example  string // shown where there is no recipient yet
	Unknown  string // said where it is not known; "": who has none is not sent to
	Longest  int    // UTF-16 units of a value; longer ones are cut
}

// Variables lists every variable.
var Variables = []VariableKind{
	{VariableName, "LINEの名前", "はなこ", "ご利用者", 40},
	{VariableArea, "選んだ地域", "中央地域", "市内", 80},
	{VariableNumber, "アンバサダーの番号", "12", "", 10},
}

// Words says for staff what the variable stands for.
func (v Variable) Words() string { return variableKind(v).Words }

// Code is how staff write the variable.
func (k VariableKind) Code() string { return "{{" + string(k.Variable) + "}}" }

// Values are what a recipient's variables stand for; one that is not known is not there.
type Values map[Variable]string

// ExampleValues are for previews.
func ExampleValues() Values {
	v := Values{}
	for _, k := range Variables {
		v[k.Variable] = k.Example
	}
	return v
}

// variableForm finds variables in the JSON of a message: two braces stand together inside strings only.
var variableForm = regexp.MustCompile(`\{\{\s*([a-z]+)\s*(?:\|([^{}|"]{0,120}))?\}\}`)

// Personal reports whether messages hold variables, so that everyone is sent their own.
func Personal(messages []Message) bool { return slices.ContainsFunc(messages, Message.personal) }

func (m Message) personal() bool {
	// In LINE's textV2 two braces stand for one.
	return !bytes.Contains(m, []byte(`"type":"textV2"`)) && variableForm.Match(m)
}

// Fill puts a recipient's values in the place of variables; missing is one that this recipient has no
// value for and that nothing can stand for. The same messages and values give the same bytes.
func Fill(messages []Message, values Values) (filled []Message, missing Variable) {
	filled = make([]Message, len(messages))
	for i, m := range messages {
		if !m.personal() {
			filled[i] = m
			continue
		}
		filled[i] = variableForm.ReplaceAllFunc(m, func(code []byte) []byte {
			found := variableForm.FindSubmatch(code)
			kind := variableKind(Variable(found[1]))
			if value := values[kind.Variable]; value != "" {
				return inJSON(clipUnits(value, kind.Longest))
			}
			switch {
			case len(bytes.TrimSpace(found[2])) > 0:
				return found[2] // as it was written, in JSON already
			case kind.Unknown == "":
				missing = kind.Variable
			}
			return inJSON(kind.Unknown)
		})
	}
	return filled, missing
}

// variableKind returns what is known of a variable; zero for one that does not exist.
func variableKind(v Variable) VariableKind {
	for _, k := range Variables {
		if k.Variable == v {
			return k
		}
	}
	return VariableKind{}
}

// inJSON is text as it stands inside a JSON string.
func inJSON(text string) []byte {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(fmt.Sprintf("encode a string: %v", err)) // cannot fail
	}
	return quoted[1 : len(quoted)-1]
}

// clipUnits cuts a text to at most n UTF-16 units, between characters.
func clipUnits(s string, n int) string {
	used := 0
	for i, r := range s {
		size := 1
		if r > 0xFFFF {
			size = 2
		}
		if used += size; used > n {
			return s[:i]
		}
	}
	return s
}

// checkVariables reports variables that do not exist, stand where they cannot be filled in, or would
// make a message too long.
func checkVariables(p *Problems, in string, messages []Message) {
	longest := Values{}
	for _, k := range Variables {
		longest[k.Variable] = strings.Repeat("あ", k.Longest)
	}
	for i, m := range messages {
		field := fmt.Sprintf("%s[%d]", in, i)
		if problem := variableProblem(m); problem != "" {
			p.Add(field+".text", problem)
			continue
		}
		if !m.personal() {
			continue
		}
		filled, _ := Fill([]Message{m}, longest)
		var found Problems
		checkMessage(&found, field, filled[0])
		for _, one := range found {
			p.Add(one.Field, "差し込むことばが長い人では、長さの上限を超えます。"+one.Message)
		}
	}
}

// variableProblem says what is wrong with the variables of a message, or "".
func variableProblem(m Message) string {
	var tree any
	if json.Unmarshal(m, &tree) != nil {
		return "" // said by checkMessage
	}
	return walkVariables(tree, "")
}

func walkVariables(node any, key string) string {
	switch node := node.(type) {
	case map[string]any:
		if node["type"] == "textV2" {
			return "" // as in personal
		}
		if places, _ := node["emojis"].([]any); len(places) > 0 {
			if text, _ := node["text"].(string); strings.Contains(text, "{{") {
				return "LINEの絵文字を入れた文章には、差し込みを使えません。人によって、絵文字の場所がずれるためです。"
			}
		}
		for k, child := range node {
			if problem := walkVariables(child, k); problem != "" {
				return problem
			}
		}
	case []any:
		for _, child := range node {
			if problem := walkVariables(child, key); problem != "" {
				return problem
			}
		}
	case string:
		return variableProblemIn(node, key)
	}
	return ""
}

func variableProblemIn(text, key string) string {
	if strings.Contains(text, "｛｛") {
		return "差し込みは、半角の「{{」と「}}」で囲んでください。"
	}
	if !strings.Contains(text, "{{") {
		return ""
	}
	codes := make([]string, len(Variables))
	for i, k := range Variables {
		codes[i] = k.Code()
	}
	for _, found := range variableForm.FindAllStringSubmatch(text, -1) {
		if variableKind(Variable(found[1])).Variable == "" {
			return fmt.Sprintf("「%s」という差し込みはありません。使えるのは%sです。", found[0], strings.Join(codes, "、"))
		}
	}
	if strings.Contains(variableForm.ReplaceAllString(text, ""), "{{") {
		return fmt.Sprintf("「{{」の書き方が正しくありません。使えるのは%sです。", strings.Join(codes, "、"))
	}
	if key != "text" && key != "altText" {
		return "差し込みは、文章の中でだけ使えます。ボタンやリンクには使えません。"
	}
	return ""
}
