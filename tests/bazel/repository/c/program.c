#include <stdio.h>
#include <string.h>

/* Succeeds with the one argument "one two's", or with none. */
int main(int argc, char **argv) {
    puts("started");
    return argc > 1 && (argc != 2 || strcmp(argv[1], "one two's") != 0);
}
