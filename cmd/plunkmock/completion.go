package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/plunkmock/plunkmock/mock"
)

func shells() []string { return []string{"bash", "zsh", "fish"} }

// flagWords are the words that flags take, where those are known.
func flagWords() map[string][]string {
	return map[string][]string{
		"env --format":   formats(),
		"state --format": stateFormats(),
		"kind":           {"transactional", "automation", "campaign", "campaign_test", "smtp"},
		"link":           {"verify", "reset", "unsubscribe", "invite", "other"},
		"scheduled":      {"ignore"},
		"keep":           {"settings", "contacts", "events", "templates", "automations", "campaigns", "tasks", "messages", "requests", "faults", "clock"},
		"keys":           {mock.KeysOpen, mock.KeysStrict},
		"envelope":       {mock.EnvelopeFlat, mock.EnvelopeWrapped, mock.EnvelopeBoth},
		"profile":        {mock.ProfileSpec},
		"log-level":      {"debug", "info", "warn", "error"},
		"log-format":     {"text", "json"},
		"smtp-auth":      {optional, required},
		"smtp-tls":       {on, off},
	}
}

// completion prints the completion of a shell, made of the table of subcommands.
func completion(_ context.Context, args []string, sys system) error {
	c, err := commandNamed("completion")
	if err != nil {
		return err
	}
	scripts := map[string]func([]command) string{"bash": bash, "zsh": zsh, "fish": fish}
	if len(args) != 1 || scripts[args[0]] == nil {
		return c.misused("completion needs the name of a shell: %s", strings.Join(shells(), ", "))
	}
	_, err = io.WriteString(sys.stdout, scripts[args[0]](commands()))
	return err
}

// option is a flag as a completion has it.
type option struct {
	name  string
	usage string
	value string // what it takes; "": none
	words []string
}

// takesFile tells whether a flag takes the name of a file.
func (o option) takesFile() bool { return o.value == "file" || o.value == "folder" }

// dashed is the flag as it is typed.
func (o option) dashed() string {
	if len(o.name) == 1 {
		return "-" + o.name
	}
	return "--" + o.name
}

// options are the flags of a command, --help too.
func (c command) options() []option {
	all := []option{{name: "help", usage: "tell how it is used"}}
	c.flags().VisitAll(func(f *flag.Flag) {
		value, usage := flag.UnquoteUsage(f)
		words := flagWords()[c.name+" --"+f.Name]
		if words == nil {
			words = flagWords()[f.Name]
		}
		all = append(all, option{f.Name, usage, value, words})
	})
	return all
}

// takesFiles tells whether a command takes files beside its flags.
func (c command) takesFiles() bool { return strings.Contains(c.args, "FILE") }

// firstWords are what the first argument of a command may be.
func (c command) firstWords() []string {
	if c.name == "help" {
		return names(commands())
	}
	return c.words
}

func names(commands []command) []string {
	all := make([]string, len(commands))
	for i, c := range commands {
		all[i] = c.name
	}
	return all
}

func bash(commands []command) string {
	var b strings.Builder
	b.WriteString(`# bash completion of plunkmock: source <(plunkmock completion bash)
_plunkmock() {
  local IFS=$'\n' cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words= first= before= word
  COMPREPLY=()
  if [[ $prev == = ]]; then prev=${COMP_WORDS[COMP_CWORD-2]}; elif [[ $cur == = ]]; then cur=; fi
  case "${COMP_WORDS[1]} $prev" in
`)
	for _, name := range slices.Sorted(maps.Keys(flagWords())) {
		pattern := "*' --" + name + "'"
		if strings.Contains(name, " ") {
			pattern = "'" + name + "'"
		}
		fmt.Fprintf(&b, "    %s) COMPREPLY=($(compgen -W $'%s' -- \"$cur\")); return ;;\n", pattern, strings.Join(flagWords()[name], `\n`))
	}
	files, others := map[string]bool{}, map[string]bool{}
	for _, c := range commands {
		for _, o := range c.options() {
			switch {
			case o.value == "" || o.words != nil:
			case o.takesFile():
				files["*' "+o.dashed()+"'"] = true
			default:
				others["*' "+o.dashed()+"'"] = true
			}
		}
	}
	fmt.Fprintf(&b, "    %s) _plunkmock_files; return ;;\n", strings.Join(slices.Sorted(maps.Keys(files)), "|"))
	fmt.Fprintf(&b, "    %s) return ;;\n  esac\n", strings.Join(slices.Sorted(maps.Keys(others)), "|"))
	fmt.Fprintf(&b, "  if [[ $COMP_CWORD -eq 1 && $cur != -* ]]; then\n    COMPREPLY=($(compgen -W $'%s' -- \"$cur\"))\n    return\n  fi\n", strings.Join(names(commands), `\n`))
	b.WriteString("  case ${COMP_WORDS[1]} in\n")
	for _, c := range commands {
		var words []string
		for _, o := range c.options() {
			words = append(words, o.dashed())
		}
		pattern := c.name
		if c.name == "serve" {
			pattern = "serve|-*"
		}
		fmt.Fprintf(&b, "    %s) words=$'%s' first=$'%s' ;;\n", pattern, strings.Join(words, `\n`), strings.Join(c.firstWords(), `\n`))
	}
	b.WriteString(`  esac
  if ((COMP_CWORD > 2)); then before="${COMP_WORDS[*]:2:COMP_CWORD-2}"; fi
  for word in $first; do
    if [[ $'\n'$before$'\n' == *$'\n'$word$'\n'* ]]; then first=; fi
  done
  COMPREPLY=($(compgen -W "$words"$'\n'"$first" -- "$cur"))
  [[ ${#COMPREPLY[@]} -gt 0 || $cur == -* ]] || _plunkmock_files
}
_plunkmock_files() {
  compopt -o filenames 2>/dev/null # bash 3 knows none, and quotes no spaces
  COMPREPLY=($(compgen -f -- "$cur"))
}
complete -F _plunkmock plunkmock
`)
	return b.String()
}

func fish(commands []command) string {
	var b strings.Builder
	b.WriteString("# fish completion of plunkmock: plunkmock completion fish | source\n")
	for _, c := range commands {
		fmt.Fprintf(&b, "complete -c plunkmock -f -n __fish_use_subcommand -a %s -d %s\n", c.name, quoted(c.brief))
	}
	for _, c := range commands {
		in := fmt.Sprintf("complete -c plunkmock -n '__fish_seen_subcommand_from %s'", c.name)
		if c.name == "serve" {
			in = "complete -c plunkmock -n '__fish_use_subcommand; or __fish_seen_subcommand_from serve'"
		}
		if !c.takesFiles() {
			b.WriteString(in + " -f\n")
		}
		if words := c.firstWords(); words != nil {
			fmt.Fprintf(&b, "%s -k -a %s\n", in, quoted(strings.Join(words, " ")))
		}
		for _, o := range c.options() {
			line := in + " -l " + o.name
			if len(o.name) == 1 {
				line = in + " -s " + o.name
			}
			if o.words != nil {
				line += " -x -a " + quoted(strings.Join(o.words, " "))
			} else if o.takesFile() {
				line += " -r -F"
			} else if o.value != "" {
				line += " -x"
			}
			fmt.Fprintf(&b, "%s -d %s\n", line, quoted(o.usage))
		}
	}
	return b.String()
}

func zsh(commands []command) string {
	var b strings.Builder
	b.WriteString("#compdef plunkmock\n# zsh completion of plunkmock: source <(plunkmock completion zsh), after compinit\n_plunkmock() {\n  local -a commands\n  commands=(\n")
	for _, c := range commands {
		fmt.Fprintf(&b, "    %s\n", quoted(c.name+":"+c.brief))
	}
	b.WriteString("  )\n  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then\n    _describe subcommand commands\n    return\n  fi\n" +
		"  local name=serve\n  if [[ $words[2] != -* ]]; then\n    name=$words[2]\n    shift words\n    (( CURRENT-- ))\n  fi\n  case $name in\n")
	// _arguments reads colons and brackets.
	plain := strings.NewReplacer("[", "(", "]", ")", ":", ";", `\`, "/")
	for _, c := range commands {
		fmt.Fprintf(&b, "    %s)\n      _arguments", c.name)
		for _, o := range c.options() {
			spec := "*" + o.dashed() + "[" + plain.Replace(o.usage) + "]"
			if o.words != nil {
				spec += ":" + o.value + ":(" + strings.Join(o.words, " ") + ")"
			} else if o.takesFile() {
				spec += ":" + o.value + ":_files"
			} else if o.value != "" {
				spec += ":" + o.value + ": "
			}
			b.WriteString(" \\\n        " + quoted(spec))
		}
		first, rest := " ", " "
		if c.takesFiles() {
			first, rest = "_files", "_files"
		}
		if words := c.firstWords(); words != nil {
			first = "(" + strings.Join(words, " ") + ")"
		}
		b.WriteString(" \\\n        " + quoted("1:argument:"+first) + " \\\n        " + quoted("*:argument:"+rest) + "\n      ;;\n")
	}
	b.WriteString("  esac\n}\n[[ $funcstack[1] == _plunkmock ]] && _plunkmock \"$@\" || compdef _plunkmock plunkmock\n")
	return b.String()
}

// quoted is a text in single quotes, as all three shells read it.
func quoted(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
