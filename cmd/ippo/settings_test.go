package main

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
)

// good is an environment that serve accepts.
var good = map[string]string{
	"LINE_CHANNEL_SECRET":       "0123456789abcdef0123456789abcdef",
	"LINE_CHANNEL_ACCESS_TOKEN": "token",
	"IPPO_PUBLIC_URL":           "https://line.example.jp/",
}

func with(changes map[string]string) getenv {
	return func(name string) string {
		if v, ok := changes[name]; ok {
			return v
		}
		return good[name]
	}
}

// read reads every section, as serve does.
func read(env getenv) (dataSettings, lineSettings, webSettings, error) {
	s := &settings{env: env}
	s.logger(nil)
	d, l, w := s.data(), s.line(), s.web()
	s.smtp()
	return d, l, w, s.err()
}

func TestSettingsDefaults(t *testing.T) {
	d, l, w, err := read(with(map[string]string{"IPPO_LOG": "json"}))
	if err != nil {
		t.Fatal(err)
	}
	if d.Folder != "data" || d.Keys != nil || w.Addr != ":8080" || w.PublicURL != "https://line.example.jp" {
		t.Errorf("defaults: %+v %+v", d, w)
	}
	if l.APIEndpoint != "https://api.line.me" || l.DataEndpoint != "https://api-data.line.me" || len(l.ChannelSecrets) != 1 {
		t.Errorf("LINE: %d secrets, %s %s", len(l.ChannelSecrets), l.APIEndpoint, l.DataEndpoint)
	}
}

func TestSettingsAccepted(t *testing.T) {
	key := base64.StdEncoding.EncodeToString(make([]byte, 32))
	for name, env := range map[string]map[string]string{
		"two secrets while changing": {"LINE_CHANNEL_SECRET": "new, old"},
		"stateless tokens":           {"LINE_CHANNEL_ACCESS_TOKEN": "", "LINE_CHANNEL_ID": "1234567890"},
		"http on loopback":           {"IPPO_PUBLIC_URL": "http://127.0.0.1:8080"},
		"http on localhost":          {"IPPO_PUBLIC_URL": "http://localhost:8080"},
		"a stand-in for LINE":        {"LINE_API_ENDPOINT": "http://127.0.0.1:9000/sim"},
		"two keys":                   {"IPPO_SECRET_KEY": key + ", " + key},
		"rates":                      {"IPPO_LINE_RATES": "multicast=20,push=500"},
		"mail":                       {"IPPO_SMTP_URL": "smtps://ippo:p%40ss@mail.example.jp:465?from=ippo@example.jp"},
		"proxies":                    {"IPPO_TRUSTED_PROXIES": "10.0.0.0/8, ::1"},
		"a place for the panel":      {"IPPO_PANEL_FROM": "203.0.113.0/24, 2001:db8::/32, 198.51.100.7"},
		"one address":                {"IPPO_ADDR": "127.0.0.1:9999"},
	} {
		t.Run(name, func(t *testing.T) {
			env["IPPO_LOG"] = "json"
			if _, _, _, err := read(with(env)); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestSettingsRefused(t *testing.T) {
	for _, c := range []struct{ name, variable, value string }{
		{"no secret", "LINE_CHANNEL_SECRET", ""},
		{"three secrets", "LINE_CHANNEL_SECRET", "first,second,third"},
		{"half a list", "LINE_CHANNEL_SECRET", "first,"},
		{"no token", "LINE_CHANNEL_ACCESS_TOKEN", " "},
		{"a broken token", "LINE_CHANNEL_ACCESS_TOKEN", "abc\ndef"},
		{"not a channel's number", "LINE_CHANNEL_ID", "@ippo"},
		{"not an address", "LINE_API_ENDPOINT", "api.line.me"},
		{"no public address", "IPPO_PUBLIC_URL", ""},
		{"http to the world", "IPPO_PUBLIC_URL", "http://line.example.jp"},
		{"a path", "IPPO_PUBLIC_URL", "https://example.jp/line"},
		{"no port", "IPPO_ADDR", "localhost"},
		{"port 0", "PORT", "0"},
		{"a short key", "IPPO_SECRET_KEY", "c2hvcnQ="},
		{"an unknown rate", "IPPO_LINE_RATES", "narrowcast=1"},
		{"a rate above LINE's", "IPPO_LINE_RATES", "multicast=5000"},
		{"mail without sender", "IPPO_SMTP_URL", "smtp://mail.example.jp"},
		{"mail by http", "IPPO_SMTP_URL", "http://mail.example.jp?from=a@example.jp"},
		{"a proxy's name", "IPPO_TRUSTED_PROXIES", "proxy.example.jp"},
		{"a place without end", "IPPO_PANEL_FROM", "203.0.113.0/240"},
		{"a short metrics token", "IPPO_METRICS_TOKEN", "tooshort"},
		{"an unknown log", "IPPO_LOG", "xml"},
		{"an unknown level", "IPPO_LOG_LEVEL", "loud"},
	} {
		t.Run(c.name, func(t *testing.T) {
			env := map[string]string{"IPPO_LOG": "json", c.variable: c.value}
			_, _, _, err := read(with(env))
			var wrong settingsError
			if !errors.As(err, &wrong) || len(wrong.Problems) != 1 || wrong.For(c.variable) == "" {
				t.Fatalf("%s=%q: %v", c.variable, c.value, err)
			}
			switch c.variable {
			case "LINE_CHANNEL_SECRET", "LINE_CHANNEL_ACCESS_TOKEN", "IPPO_SECRET_KEY", "IPPO_SMTP_URL", "IPPO_METRICS_TOKEN":
				if strings.TrimSpace(c.value) != "" && strings.Contains(err.Error(), c.value) {
					t.Errorf("the message repeats a secret: %v", err)
				}
			}
		})
	}
}

// Somebody who starts with an empty environment is told everything at once.
func TestSettingsAllProblemsAtOnce(t *testing.T) {
	_, _, _, err := read(func(name string) string {
		return map[string]string{"IPPO_LOG": "xml", "IPPO_ADDR": "nowhere", "IPPO_SMTP_URL": "?"}[name]
	})
	var out strings.Builder
	report(&out, err)
	for _, variable := range []string{"LINE_CHANNEL_SECRET", "LINE_CHANNEL_ACCESS_TOKEN", "IPPO_PUBLIC_URL", "IPPO_LOG", "IPPO_ADDR", "IPPO_SMTP_URL"} {
		if strings.Count(out.String(), "  "+variable+": ") != 1 {
			t.Errorf("%s is not named once in:\n%s", variable, out.String())
		}
	}
	if exitCode(err) != exitUsage {
		t.Errorf("exit code %d", exitCode(err))
	}
}
