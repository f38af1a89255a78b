package outside

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestAsk(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/here", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/only-get", func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			w.WriteHeader(http.StatusMethodNotAllowed)
		}
	})
	mux.HandleFunc("/login", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	mux.HandleFunc("/broken", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/here", http.StatusFound) })
	mux.HandleFunc("/astray", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/nowhere", http.StatusFound) })
	mux.HandleFunc("/round", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/round", http.StatusFound) })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	client := Client{Transport: http.DefaultTransport}
	for path, want := range map[string]Answer{
		"/here": Answers, "/only-get": Answers, "/login": Answers, "/moved": Answers,
		"/nowhere": Gone, "/astray": Gone, "/broken": Silent, "/round": Silent,
	} {
		if got := client.Ask(t.Context(), server.URL+path); got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
	for _, address := range []string{"ftp://example.jp/", "javascript:alert(1)", "https://taro@example.jp/", "::"} {
		if got := client.Ask(t.Context(), address); got != Refused {
			t.Errorf("%s: %d, want %d", address, got, Refused)
		}
	}
	// Without a transport of its own it does not connect to this machine, under any of its names.
	asked := false
	mux.HandleFunc("/secret", func(http.ResponseWriter, *http.Request) { asked = true })
	if got := (Client{}).Ask(t.Context(), server.URL+"/secret"); got != Refused || asked {
		t.Errorf("this machine: %d, asked %v", got, asked)
	}
}

func TestPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"8.8.8.8": true, "2606:4700::1111": true,
		"127.0.0.1": false, "::1": false, "10.1.2.3": false, "192.168.0.1": false, "172.16.0.1": false, "169.254.169.254": false,
		"100.64.0.1": false, "0.0.0.0": false, "0.1.2.3": false, "224.0.0.1": false, "255.255.255.255": false, "fd00::1": false, "fe80::1": false,
		"::ffff:127.0.0.1": false, "64:ff9b::7f00:1": false, "2002:7f00:1::": false, "ff02::1": false, "::": false,
	} {
		if got := public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: %v, want %v", address, got, want)
		}
	}
}
