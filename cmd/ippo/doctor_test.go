package main

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ippo/store"
)

// Whoever runs doctor on a sound folder is told so; whatever is wrong is named, and nothing is mended.
func TestDoctor(t *testing.T) {
	if code, _, _ := ran(t, map[string]string{"IPPO_DATA": t.TempDir()}, "", "doctor"); code != exitUsage {
		t.Errorf("without a database: exit code %d", code)
	}
	folder := townCopy(t)
	env := map[string]string{"IPPO_DATA": folder}
	st, _, err := dataSettings{Folder: folder}.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// Beside a process that works with the data.
	code, out, problems := ran(t, env, "", "doctor")
	if code != exitOK || strings.Count(out, "問題ありません") != 7 || problems != "" {
		t.Errorf("a sound folder: %d %q %q", code, out, problems)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	if code, out, problems := ran(t, env, "", "doctor"); code != exitOK {
		t.Errorf("a folder nobody uses: %d %q %q", code, out, problems)
	}

	// Behind a proxy that nobody has named, everybody comes from the same place.
	env["IPPO_PANEL_FROM"], env["IPPO_PUBLIC_URL"] = "203.0.113.0/24", "https://line.example.jp"
	if code, out, problems := ran(t, env, "", "doctor"); code != exitFailed || !strings.Contains(out, "職員画面の場所: IPPO_PANEL_FROM を指定していますが、IPPO_TRUSTED_PROXIES が空です") || !strings.Contains(problems, "おかしいところが1件") || strings.Contains(out+problems, "開発元") {
		t.Errorf("behind an unnamed proxy: %d %q %q", code, out, problems)
	}
	env["IPPO_TRUSTED_PROXIES"] = "127.0.0.1"
	if code, out, problems := ran(t, env, "", "doctor"); code != exitOK {
		t.Errorf("behind a named proxy: %d %q %q", code, out, problems)
	}

	db, err := sql.Open("sqlite", "file:"+filepath.Join(folder, store.File))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, q := range []string{
		`UPDATE delivery_requests SET size = size - 1 WHERE id = 1`,
		`UPDATE followers SET entry_id = 999 WHERE id = 1`,
		`INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)`,
	} {
		if _, err := db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(filepath.Join(folder, keyFile), 0o644); err != nil {
		t.Fatal(err)
	}
	code, out, problems = ran(t, env, "", "doctor")
	if code != exitFailed || !strings.Contains(problems, "おかしいところが5件") {
		t.Errorf("an unsound folder: %d %q", code, problems)
	}
	for _, fault := range []string{"配信1: 要求1: 宛先は", "配信1: 承認のときは", "followers → entries", "新しい形です（999、", "chmod 600", "\n  → " + mendDatabase, "\n  → " + mendLedger} {
		if !strings.Contains(out, fault) {
			t.Errorf("doctor does not find %q:\n%s", fault, out)
		}
	}

	env["IPPO_SECRET_KEY"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	if code, out, _ := ran(t, env, "", "doctor"); code != exitFailed || !strings.Contains(out, "この鍵では") || !strings.Contains(out, "使っていたときのものに戻して") {
		t.Errorf("with another key: %d %q", code, out)
	}
}
