package messages

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var japaneseLetters = regexp.MustCompile(`[\p{Hiragana}\p{Katakana}\p{Han}]`)

// notShown are the declarations of the bot, of the jobs and of this package whose Japanese residents never read,
// or that has to be Japanese, with the reason.
var notShown = map[string]string{
	"bot/choice.go: matchChoices":           heard,
	"bot/choice.go: matchOne":               heard,
	"bot/choice.go: number":                 heard,
	"bot/choice.go: spokenNumbers":          heard,
	"bot/consultation.go: confiding":        heard,
	"bot/entry.go: entryShape":              heard,
	"bot/faq.go: asks":                      heard,
	"bot/groups.go: weekdayChoices":         heard,
	"bot/invitation.go: invitationShape":    heard,
	"bot/menu.go: command":                  heard,
	"bot/menu.go: leaving":                  heard,
	"bot/mydata.go: keepWords":              heard,
	"bot/newcomer.go: freeTimes":            heard,
	"bot/newcomer.go: newcomerNeeds":        heard,
	"bot/newcomer.go: district":             heard,
	"bot/personal.go: masked":               "parts of speech, as the dictionary names them",
	"bot/preferences.go: languageChoices":   heard,
	"bot/preferences.go: nextWords":         heard,
	"bot/preferences.go: turn.typedSeveral": heard,
	"bot/reduce.go: restartWords":           heard,
	"bot/rest.go: restChoices":              heard,
	"bot/rest.go: restWords":                heard,
	"bot/search.go: turn.directory":         heard,
	"bot/search.go: oneSpelling":            heard,
	"bot/search.go: stripped":               heard,
	"bot/search.go: particles":              heard,
	"bot/search.go: fillers":                heard,
	"bot/smalltalk.go: turn.smallTalk":      heard,
	"bot/vision.go: visionWords":            heard,
	"bot/wish.go: lexicon":                  heard,

	"bot/deskrequest.go: askCall":         staff,
	"bot/form.go: Bot.takeContactForm":    staff,
	"bot/newcomer.go: turn.newcomerWords": staff,

	"jobs/breaker.go: delivery.breaks":      staff,
	"jobs/delivery.go: reasonNoAnswer":      staff,
	"jobs/delivery.go: delivery.begin":      staff,
	"jobs/delivery.go: delivery.affordable": staff,
	"jobs/delivery.go: delivery.settle":     staff,
	"jobs/delivery.go: reasonRefused":       staff,
	"jobs/digest.go: Runner.makeDigest":     staff,
	"jobs/richmenu.go: menuUnreachable":     staff,
	"jobs/notice.go: waiting":               staff,
	"jobs/notice.go: reasonLapsed":          staff,

	"owncatalog.go: Catalogs.With": author,
	"owncatalog.go: readOwn":       author,
	"owncatalog.go: unsayable":     author,
}

const (
	heard  = "what residents may type, not what they read"
	staff  = "told to the staff"
	author = "told to whoever wrote the file"
)

// rootWords are what the bot and this package may use of what the root writes in Japanese.
var rootWords = map[string]string{
	"CallOutWhom":        "which there are: names come from the catalogues",
	"AgeBands":           "which there are: names come from the catalogues",
	"TongueNames":        "its length: names come from the catalogues",
	"ConsentItems":       "kept with the consent, for the staff",
	"DefaultRichMenu":    "the menu that staff begin with, in Japanese: other languages come from the catalogues",
	"StaffLinkCode":      "a code that staff type",
	"GroupLinkCode":      "a code that hosts type",
	"AmbassadorLinkCode": "a code that ambassadors type",
	"l.Words":            "what residents may type",
	"kind.Words":         "whether there is such a kind",
}

// What residents read stands in the catalogues: no Japanese is written into the code that serves them, nor taken
// from the staff's words at the root, nor written into their pages.
func TestNoJapaneseOutsideTheCatalogues(t *testing.T) {
	root := map[string]bool{} // what the root declares that writes Japanese
	for name := range japaneseOf(t, "..") {
		_, name, _ = strings.Cut(name, ": ")
		if name = name[strings.LastIndex(name, ".")+1:]; ast.IsExported(name) { // others cannot be taken
			root[name] = true
		}
	}
	used := map[string]bool{}
	for _, dir := range []string{"../bot", "../jobs", "."} {
		for name, found := range japaneseOf(t, dir) {
			if used[name] = true; notShown[name] == "" {
				t.Errorf("%s writes %s", name, strings.Join(found, ", "))
			}
		}
	}
	for name := range notShown {
		if !used[name] {
			t.Errorf("%s writes no Japanese", name)
		}
	}
	taken := map[string]bool{}
	for _, dir := range []string{"../bot", "."} {
		for _, path := range codeIn(t, dir) {
			fset := token.NewFileSet()
			file := parsed(t, fset, path)
			imported := map[string]bool{}
			for _, one := range file.Imports {
				imported[strings.Trim(one.Path.Value[strings.LastIndexByte(one.Path.Value, '/')+1:], `"`)] = true
			}
			check := func(s *ast.SelectorExpr) {
				of, _ := s.X.(*ast.Ident)
				if !root[s.Sel.Name] || imported[nameOf(of)] && nameOf(of) != "ippo" {
					return
				}
				for _, name := range []string{s.Sel.Name, nameOf(of) + "." + s.Sel.Name} {
					if taken[name] = true; rootWords[name] != "" {
						return
					}
				}
				t.Errorf("%s: residents are told %s, which is for the staff", fset.Position(s.Pos()), s.Sel.Name)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CallExpr: // a method
					if s, ok := n.Fun.(*ast.SelectorExpr); ok {
						check(s)
					}
				case *ast.SelectorExpr: // what the root declares
					if of, ok := n.X.(*ast.Ident); ok && of.Name == "ippo" {
						check(n)
					}
				}
				return true
			})
		}
	}
	for name := range rootWords {
		if !taken[name] {
			t.Errorf("nothing takes %s from the root", name)
		}
	}
	staffWords := regexp.MustCompile(`\.(Words|Period)\b`)
	for _, pattern := range []string{"../bot/templates/*.html", "../bot/templates/pages/*.html"} {
		pages, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range pages {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for i, line := range strings.Split(string(b), "\n") {
				if japaneseLetters.MatchString(line) || staffWords.MatchString(line) {
					t.Errorf("%s:%d says %s", path, i+1, line)
				}
			}
		}
	}
}

func codeIn(t *testing.T, dir string) (paths []string) {
	t.Helper()
	files, err := filepath.Glob(dir + "/*.go")
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(files, func(path string) bool { return strings.HasSuffix(path, "_test.go") })
}

func parsed(t *testing.T, fset *token.FileSet, path string) *ast.File {
	t.Helper()
	file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// japaneseOf returns what the declarations of a package write in Japanese, by file and name.
func japaneseOf(t *testing.T, dir string) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, path := range codeIn(t, dir) {
		fset := token.NewFileSet()
		for _, decl := range parsed(t, fset, path).Decls {
			if found := japaneseIn(fset, decl); found != nil {
				for _, name := range declared(decl) {
					all[strings.TrimPrefix(path, "../")+": "+name] = found
				}
			}
		}
	}
	return all
}

// declared names what a declaration declares.
func declared(decl ast.Decl) []string {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		name := d.Name.Name
		if d.Recv != nil {
			of := d.Recv.List[0].Type
			if star, ok := of.(*ast.StarExpr); ok {
				of = star.X
			}
			if index, ok := of.(*ast.IndexExpr); ok {
				of = index.X
			}
			name = of.(*ast.Ident).Name + "." + name
		}
		return []string{name}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			if v, ok := spec.(*ast.ValueSpec); ok {
				return []string{v.Names[0].Name}
			}
		}
	}
	return nil
}

// japaneseIn returns where a declaration writes Japanese, but for what residents may type (a field named words)
// and for what is told to staff (Problems, and the labels in checks of them).
func japaneseIn(fset *token.FileSet, decl ast.Decl) (found []string) {
	ast.Inspect(decl, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok && key.Name == "words" {
				return false
			}
		case *ast.CallExpr:
			if slices.Contains([]string{"Add", "Addf", "checkText", "checkLines", "inUse"}, called(n)) {
				return false
			}
		case *ast.BasicLit:
			if n.Kind == token.STRING && japaneseLetters.MatchString(n.Value) {
				found = append(found, n.Value+" ("+fset.Position(n.Pos()).String()+")")
			}
		}
		return true
	})
	return found
}

func called(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

func nameOf(id *ast.Ident) string {
	if id == nil {
		return ""
	}
	return id.Name
}
