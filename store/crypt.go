package store

import (
	"encoding/json"
	"fmt"
)

// seal encrypts personal data for a column, named "table.column"; the empty text is NULL.
func (s *Store) seal(column, plain string) any {
	if plain == "" {
		return nil
	}
	return s.box.Seal([]byte(plain), column)
}

// sealJSON encrypts v's JSON for a column.
func (s *Store) sealJSON(column string, v any) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("seal %s: %w", column, err)
	}
	return s.box.Seal(plain, column), nil
}

// open decrypts what seal returned; NULL is the empty text.
func (s *Store) open(column string, sealed []byte) (string, error) {
	if sealed == nil {
		return "", nil
	}
	plain, err := s.box.Open(sealed, column)
	return string(plain), err
}

// openJSON decrypts what sealJSON returned into v.
func (s *Store) openJSON(column string, sealed []byte, v any) error {
	plain, err := s.box.Open(sealed, column)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(plain, v); err != nil {
		return fmt.Errorf("open %s: %w", column, err)
	}
	return nil
}
