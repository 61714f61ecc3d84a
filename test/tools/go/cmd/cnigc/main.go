// Command cnigc lets libcni itself run GC or STATUS for a network list. cnitool cannot name the attachments that are
// still valid, and the main plugins do not pass GC on to their IPAM plugin, so the document is built by libcni here
// and, with -as, handed to the IPAM plugin directly.
//
//	cnigc [-as NAME] [-print] [-cache DIR] gc|status LIST.conflist [CONTAINER/INTERFACE ...]
//
// CNI_PATH names the plugin directories. Exit status: 0, 1 for a plugin's or libcni's error, 2 for a wrong command line.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/containernetworking/cni/libcni"
	"github.com/containernetworking/cni/pkg/invoke"
	"github.com/containernetworking/cni/pkg/types"
	"github.com/containernetworking/cni/pkg/version"
)

var errUsage = errors.New("expected cnigc [-as NAME] [-print] [-cache DIR] gc|status LIST [CONTAINER/INTERFACE ...]")

// plugins executes what libcni asks for: under another name when as is set, and on paper only when print is.
type plugins struct {
	invoke.Exec
	as    string
	print bool
}

func (p plugins) FindInPath(plugin string, paths []string) (string, error) {
	if p.print {
		return plugin, nil
	}
	if p.as != "" {
		plugin = p.as
	}
	return p.Exec.FindInPath(plugin, paths)
}

func (p plugins) ExecPlugin(ctx context.Context, path string, document []byte, environ []string) ([]byte, error) {
	if p.print {
		fmt.Printf("%s\n", document)
		return nil, nil
	}
	return p.Exec.ExecPlugin(ctx, path, document, environ)
}

func attachments(names []string) ([]types.GCAttachment, error) {
	// libcni writes a nil slice as null; a runtime with nothing left sends an empty list.
	valid := []types.GCAttachment{}
	for _, name := range names {
		container, ifName, found := strings.Cut(name, "/")
		if !found {
			return nil, fmt.Errorf("cannot read attachment %q: %w", name, errUsage)
		}
		valid = append(valid, types.GCAttachment{ContainerID: container, IfName: ifName})
	}
	return valid, nil
}

func run() error {
	as := flag.String("as", "", "execute this plugin instead of the one each entry names")
	onPaper := flag.Bool("print", false, "print each document on a line and execute nothing")
	cache := flag.String("cache", "", "libcni's cache directory (default: libcni's own)")
	flag.Parse()
	if flag.NArg() < 2 {
		return errUsage
	}

	list, err := libcni.ConfListFromFile(flag.Arg(1))
	if err != nil {
		return err
	}
	executor := plugins{
		Exec:  &invoke.DefaultExec{RawExec: &invoke.RawExec{Stderr: os.Stderr}, PluginDecoder: version.PluginDecoder{}},
		as:    *as,
		print: *onPaper,
	}
	cni := libcni.NewCNIConfigWithCacheDir(filepath.SplitList(os.Getenv("CNI_PATH")), *cache, executor)

	switch flag.Arg(0) {
	case "gc":
		valid, err := attachments(flag.Args()[2:])
		if err != nil {
			return err
		}
		return cni.GCNetworkList(context.Background(), list, &libcni.GCArgs{ValidAttachments: valid})
	case "status":
		return cni.GetStatusNetworkList(context.Background(), list)
	default:
		return errUsage
	}
}

func main() {
	err := run()
	if err == nil {
		return
	}
	var failure *types.Error
	if errors.As(err, &failure) {
		_ = failure.Print() // on standard output, as a plugin would
	}
	fmt.Fprintln(os.Stderr, err)
	if errors.Is(err, errUsage) {
		os.Exit(2)
	}
	os.Exit(1)
}
