package config

// SecondFactor says who has to show two factors.
type SecondFactor string

// The kinds of it. Without one a second factor is required of who comes from beyond this
// machine.
const (
	Required SecondFactor = "required"
	Optional SecondFactor = "optional"
)

// LoadSecondFactor reads what book.toml says of it; "" if it says nothing. Errors are as for Load.
func LoadSecondFactor(path string) (SecondFactor, error) {
	text, err := read(path)
	if err != nil {
		return "", err
	}
	f, err := decode(path, text)
	if err != nil {
		return "", err
	}
	switch f.SecondFactor {
	case "", Required, Optional:
		return f.SecondFactor, nil
	}
	return "", validationError(path, text, wrong("second_factor", "%q is neither %q nor %q", f.SecondFactor, Required, Optional))
}
