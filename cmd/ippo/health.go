package main

import (
	"context"
	"crypto/subtle"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"ippo/store"
)

// health registers what supervisors and Prometheus ask for. Nothing here calls LINE: when LINE is
// down, restarting us mends nothing.
func (s *server) health(st *store.Store, metricsToken string) {
	s.GET("/healthz", func(c *gin.Context) { c.String(http.StatusOK, "ok\n") })
	s.GET("/readyz", func(c *gin.Context) {
		ctx, cancel := context.WithTimeout(c.Request.Context(), 5*time.Second)
		defer cancel()
		// The settings were checked and the migrations run before this server began to listen.
		switch err := st.Ping(ctx); {
		case s.draining.Err() != nil:
			c.String(http.StatusServiceUnavailable, "stopping\n")
		case err != nil:
			s.log.Error("not ready", "err", err)
			c.String(http.StatusServiceUnavailable, "database\n")
		default:
			c.String(http.StatusOK, "ready\n")
		}
	})
	metrics := gin.WrapH(s.metrics.handler())
	s.GET("/metrics", func(c *gin.Context) {
		if !local(c.Request) && !bearer(c.Request, metricsToken) {
			c.Header("WWW-Authenticate", "Bearer")
			c.String(http.StatusUnauthorized, "set IPPO_METRICS_TOKEN and send it as a bearer token\n")
			return
		}
		metrics(c)
	})
}

// local reports whether a request comes from this machine itself, and not through a proxy on it.
func local(r *http.Request) bool {
	for _, header := range []string{"X-Forwarded-For", "X-Real-Ip", "Forwarded"} {
		if r.Header.Get(header) != "" {
			return false
		}
	}
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && from.Addr().Unmap().IsLoopback()
}

// bearer reports whether a request carries the token. Without a token nobody does.
func bearer(r *http.Request, token string) bool {
	given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return ok && token != "" && subtle.ConstantTimeCompare([]byte(given), []byte(token)) == 1
}
