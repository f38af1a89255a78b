package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"ippo"
)

// Settings returns what the center decided for itself; what it never decided is as in
// ippo.DefaultSettings.
func (s *Store) Settings(ctx context.Context) (ippo.Settings, error) {
	return s.settings.get(func() (ippo.Settings, error) { return settingsIn(ctx, s.ro) })
}

func settingsIn(ctx context.Context, q queryer) (ippo.Settings, error) {
	settings, err := one(ctx, q, scanSettings, `SELECT value FROM settings WHERE id = 1`)
	if errors.Is(err, ippo.ErrNotFound) {
		return ippo.DefaultSettings(), nil
	}
	if err != nil {
		return ippo.Settings{}, fmt.Errorf("settings: %w", err)
	}
	return settings, nil
}

func scanSettings(row scanner) (ippo.Settings, error) {
	settings := ippo.DefaultSettings() // also for what a later release adds
	var value []byte
	if err := row.Scan(&value); err != nil {
		return ippo.Settings{}, err
	}
	err := json.Unmarshal(value, &settings)
	return settings, err
}

// SaveSettings replaces the settings.
func (s *Store) SaveSettings(ctx context.Context, by ippo.StaffID, settings ippo.Settings) error {
	if err := settings.Validate(); err != nil {
		return err
	}
	defer s.settings.forget()
	return s.Write(ctx, func(t *Tx) error {
		was, err := settingsIn(ctx, t.tx)
		if err != nil {
			return err
		}
		if was.OnePerson != settings.OnePerson {
			if err := t.auditOnePerson(ctx, by, settings.OnePerson); err != nil {
				return err
			}
		}
		if was.DigestDay != settings.DigestDay || was.DigestAt != settings.DigestAt {
			// The next due time is found anew; that of the old settings, if it was not dealt with yet, is not missed.
			if err := t.exec(ctx, "UPDATE digest_clock SET next_due = NULL WHERE id = 1"); err != nil {
				return fmt.Errorf("save settings: %w", err)
			}
		}
		if err := t.keepSettings(ctx, settings); err != nil {
			return fmt.Errorf("save settings: %w", err)
		}
		changes, err := settingsChanges(was, settings)
		if err != nil {
			return fmt.Errorf("save settings: %w", err)
		}
		return t.append(ctx, AuditEntry{Staff: by, Action: "settings.update", Object: "settings", Changes: changes})
	})
}

// SaveManual replaces the ambassadors' manual.
func (s *Store) SaveManual(ctx context.Context, by ippo.StaffID, m ippo.Manual) error {
	if err := m.Validate(); err != nil {
		return err
	}
	return s.changeSettings(ctx, by, "ambassador.manual", func(settings *ippo.Settings, now time.Time) {
		settings.Manual = settings.Manual.Changed(m, now)
	})
}

// SaveGreetings replaces how the center greets.
func (s *Store) SaveGreetings(ctx context.Context, by ippo.StaffID, g ippo.Greetings) error {
	if err := g.Validate(); err != nil {
		return err
	}
	return s.changeSettings(ctx, by, "settings.greeting", func(settings *ippo.Settings, _ time.Time) { settings.Greetings = g })
}

// SavePath replaces within how many days staff mean to go on with who signed up as an ambassador.
func (s *Store) SavePath(ctx context.Context, by ippo.StaffID, plan ippo.AmbassadorPlan) error {
	if err := plan.Validate(); err != nil {
		return err
	}
	return s.changeSettings(ctx, by, "ambassador.plan", func(settings *ippo.Settings, _ time.Time) { settings.Path = plan })
}

// SaveModules replaces which modules are switched on. What a module keeps stays as it is while it is off.
func (s *Store) SaveModules(ctx context.Context, by ippo.StaffID, on []ippo.Module) error {
	if err := ippo.CheckModules(on); err != nil {
		return err
	}
	return s.changeSettings(ctx, by, "settings.modules", func(settings *ippo.Settings, _ time.Time) { settings.Modules = on })
}

// changeSettings changes a part of the settings that has a page of its own.
func (s *Store) changeSettings(ctx context.Context, by ippo.StaffID, action string, change func(*ippo.Settings, time.Time)) error {
	defer s.settings.forget()
	return s.Write(ctx, func(t *Tx) error {
		settings, err := settingsIn(ctx, t.tx)
		if err != nil {
			return err
		}
		was := settings
		change(&settings, t.now)
		if err := t.keepSettings(ctx, settings); err != nil {
			return fmt.Errorf("%s: %w", action, err)
		}
		changes, err := settingsChanges(was, settings)
		if err != nil {
			return fmt.Errorf("%s: %w", action, err)
		}
		return t.append(ctx, AuditEntry{Staff: by, Action: action, Object: "settings", Changes: changes})
	})
}

func (t *Tx) keepSettings(ctx context.Context, settings ippo.Settings) error {
	value, err := json.Marshal(settings)
	if err != nil {
		return err
	}
	return t.exec(ctx, `
		INSERT INTO settings (id, value) VALUES (1, ?)
		ON CONFLICT (id) DO UPDATE SET value = excluded.value`, string(value))
}

// auditOnePerson notes that the two-person rule was switched off, and why, or on again.
func (t *Tx) auditOnePerson(ctx context.Context, by ippo.StaffID, reason string) error {
	if reason == "" {
		return t.audit(ctx, by, "settings.two-person", "settings", "")
	}
	return t.audit(ctx, by, "settings.one-person", "settings", reason)
}
