package main

import (
	"strings"
	"testing"
)

// Whoever has lost their telephone and their password is let in again from the command line, and the log says so.
func TestStaffReset(t *testing.T) {
	env := map[string]string{"IPPO_DATA": t.TempDir()}
	if code, _, _ := ran(t, env, "", "staff", "reset", "--email", "taro@city.example.jp"); code != exitUsage {
		t.Errorf("without a database: %d", code)
	}
	if code, _, problems := ran(t, env, "a long password\n", "staff", "add", "--name", "太郎", "--email", "taro@city.example.jp", "--role", "admin", "--password-stdin"); code != exitOK {
		t.Fatal(problems)
	}
	data := dataSettings{Folder: env["IPPO_DATA"]}
	st, _, err := data.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if err := st.SetFactor(t.Context(), 1, "SECRET", 1, [][]byte{{1}}); err != nil {
		t.Fatal(err)
	}
	_, before, err := st.StaffByEmail(t.Context(), "taro@city.example.jp")
	if err != nil {
		t.Fatal(err)
	}
	if code, _, problems := ran(t, env, "", "staff", "reset", "--email", "nobody@city.example.jp"); code != exitUsage || !strings.Contains(problems, "いません") {
		t.Errorf("nobody: %d %q", code, problems)
	}
	if code, _, problems := ran(t, env, "another long one\n", "staff", "reset", "--email", "taro@city.example.jp", "--password-stdin"); code != exitOK {
		t.Fatal(problems)
	}
	who, hash, err := st.StaffByEmail(t.Context(), "taro@city.example.jp")
	if err != nil || who.Factor || hash == before {
		t.Errorf("%+v, same password %v, %v", who, hash == before, err)
	}
	log, err := st.History(t.Context(), "staff:1", 1)
	if err != nil || len(log) != 1 || log[0].Action != "staff.reset" || log[0].From != "command line" {
		t.Errorf("%+v, %v", log, err)
	}
	if faults, err := st.CheckAudit(t.Context()); err != nil || len(faults) > 0 {
		t.Errorf("%v, %v", faults, err)
	}
}
