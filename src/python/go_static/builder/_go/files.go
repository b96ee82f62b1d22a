package main

import (
	"io"
	"os"
	"path/filepath"
	"syscall"
)

// copyFile copies a file with its permissions, or a symbolic link, and creates parent directories.
func copyFile(from, to string) error {
	info, err := os.Lstat(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	if info.Mode()&os.ModeSymlink != 0 {
		target, err := os.Readlink(from)
		if err != nil {
			return err
		}
		return os.Symlink(target, to)
	}
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	return writeFile(source, to, info.Mode().Perm())
}

// writeFile writes a new file, or none if that fails.
func writeFile(content io.Reader, path string, permissions os.FileMode) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, content)
	if err == nil {
		// Unlike the mode of OpenFile, Chmod ignores the umask.
		err = file.Chmod(permissions)
	}
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err != nil {
		os.Remove(path)
	}
	return err
}

// isLocked also reports files that cannot be opened, but not missing ones.
func isLocked(path string) bool {
	file, err := os.Open(path)
	if err != nil {
		return !os.IsNotExist(err)
	}
	defer file.Close()
	return syscall.Flock(int(file.Fd()), syscall.LOCK_SH|syscall.LOCK_NB) != nil
}
