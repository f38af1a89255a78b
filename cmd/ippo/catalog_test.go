package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ippo"
	"ippo/store"
)

// Somebody makes a catalogue, translates a line of it, and is told how far they are and what is wrong.
func TestCatalogCommand(t *testing.T) {
	folder := t.TempDir()
	env := map[string]string{"IPPO_DATA": folder}
	if code, out, _ := ran(t, env, "", "catalog", "check"); code != exitOK || !strings.Contains(out, "ことばのファイルはありません") {
		t.Errorf("none: %d %q", code, out)
	}
	if code, _, problems := ran(t, env, "", "catalog", "new", "en"); code != exitUsage || !strings.Contains(problems, "「en」のファイルは作れません") {
		t.Errorf("one that is there: %d %q", code, problems)
	}
	code, blank, _ := ran(t, env, "", "catalog", "new", "vi")
	if code != exitOK || !strings.Contains(blank, "# やさしい日本語: メニュー\n# English: Menu\n#\"menu.open\" = \"\"\n") {
		t.Fatalf("a new one: %d %.300q", code, blank)
	}

	if err := os.Mkdir(filepath.Join(folder, catalogFolder), 0o700); err != nil {
		t.Fatal(err)
	}
	put := func(text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(folder, catalogFolder, "vi.toml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	begun := strings.NewReplacer(`#"language.self" = ""`, `"language.self" = "Tiếng Việt"`, `#"menu.open" = ""`, `"menu.open" = "Menu"`).Replace(blank)
	put(begun)
	code, out, problems := ran(t, env, "", "catalog", "check")
	if code != exitOK || !strings.Contains(out, "vi.toml（Tiếng Việt）") || !strings.Contains(out, "うち2件を訳してあります") || !strings.Contains(out, "  まだ: menu.title\n") || strings.Contains(out, "まだ: menu.open\n") {
		t.Errorf("two lines: %d %.400q %q", code, out, problems)
	}
	code, rest, _ := ran(t, env, "", "catalog", "check", "--missing")
	if code != exitOK || strings.Contains(rest, "訳してあります") || !strings.Contains(rest, `#"menu.title" = ""`) || strings.Contains(rest, `"menu.open"`) {
		t.Errorf("what is missing: %d %.300q", code, rest)
	}

	put(begun + `"menu.title" = "{{.Nme}}"` + "\n")
	if code, out, problems := ran(t, env, "", "catalog", "check"); code != exitData || !strings.Contains(out, "vi.toml: menu.title: 「{{.Nme}}」は使えません") || !strings.Contains(problems, "直すところが1件") {
		t.Errorf("a mistake: %d %.300q %q", code, out, problems)
	}
}

// doctor says how far a center's own languages are, and who reads one whose file is gone.
func TestDoctorOnLanguages(t *testing.T) {
	folder := t.TempDir()
	env := map[string]string{"IPPO_DATA": folder}
	st, _, err := dataSettings{Folder: folder}.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	for i, l := range []ippo.Language{"vi", "vi", "en"} {
		err := st.Write(t.Context(), func(tx *store.Tx) error {
			_, err := tx.Follow(t.Context(), "U"+strings.Repeat(string(rune('a'+i)), 32), "", l, time.Now())
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if code, out, _ := ran(t, env, "", "doctor"); code != exitOK || !strings.Contains(out, "ことば: ベトナム語を選んだ友だちが2人いますが、vi.toml がないため、やさしい日本語で案内しています") {
		t.Errorf("the file is gone: %d %s", code, out)
	}
	if err := os.CopyFS(filepath.Join(folder, catalogFolder), os.DirFS("../../docs/catalog")); err != nil {
		t.Fatal(err)
	}
	if code, out, _ := ran(t, env, "", "doctor"); code != exitOK || !strings.Contains(out, "ことば: vi.toml（Tiếng Việt）") || strings.Contains(out, "ないため") {
		t.Errorf("the file is there: %d %s", code, out)
	}
}
