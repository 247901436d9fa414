# SPDX-License-Identifier: GPL-2.0-or-later

# SKJOB_SLURM: Slurm's headers, the version they are of, and the folder its plugins are loaded from.
AC_DEFUN([SKJOB_SLURM], [
  AC_ARG_WITH([slurm],
    [AS_HELP_STRING([--with-slurm=DIR], [where Slurm is installed (DIR/include/slurm/spank.h)])],
    [], [with_slurm=])
  AC_ARG_WITH([slurm-plugindir],
    [AS_HELP_STRING([--with-slurm-plugindir=DIR],
      [where the SPANK plugin is installed (default: asked from the installed Slurm)])],
    [], [with_slurm_plugindir=])

  AS_IF([test -n "$with_slurm" && test "x$with_slurm" != xyes],
    [SLURM_CPPFLAGS="-I$with_slurm/include"; slurm_bin="$with_slurm/bin:$with_slurm/sbin:$PATH"],
    [SLURM_CPPFLAGS=; slurm_bin="$PATH"])
  AC_SUBST([SLURM_CPPFLAGS])

  skjob_save_CPPFLAGS="$CPPFLAGS"
  CPPFLAGS="$CPPFLAGS $SLURM_CPPFLAGS"
  AC_CHECK_HEADERS([slurm/spank.h slurm/slurm.h], [],
    [AC_MSG_ERROR([Slurm's development headers are missing: install libslurm-dev, or give --with-slurm=DIR])])
  AC_MSG_CHECKING([the version of Slurm's headers])
  AC_COMPUTE_INT([slurm_major], [(SLURM_VERSION_NUMBER >> 16) & 0xff],
    [#include <slurm/slurm_version.h>], [slurm_major=0])
  AC_COMPUTE_INT([slurm_minor], [(SLURM_VERSION_NUMBER >> 8) & 0xff],
    [#include <slurm/slurm_version.h>], [slurm_minor=0])
  slurm_version="$slurm_major.`printf %02d $slurm_minor`"
  AC_MSG_RESULT([$slurm_version])
  # The library is loaded when it is needed, by the name that these headers belong to.
  AC_MSG_CHECKING([the name of Slurm's library])
  skjob_save_LIBS="$LIBS"
  LIBS="$LIBS -lslurm"
  LIBSLURM=libslurm.so
  AC_LINK_IFELSE([AC_LANG_PROGRAM([#include <slurm/slurm.h>], [slurm_init((void *)0)])], [
    skjob_soname=`readelf -d conftest$EXEEXT 2>/dev/null | $SED -n 's/.*NEEDED.* .\(libslurm\.so@<:@.0-9@:>@*\).*/\1/p'`
    AS_IF([test -n "$skjob_soname"], [LIBSLURM="$skjob_soname"])
  ])
  LIBS="$skjob_save_LIBS"
  AC_MSG_RESULT([$LIBSLURM])
  AC_SUBST([LIBSLURM])
  CPPFLAGS="$skjob_save_CPPFLAGS"

  # Slurm's own programs link libslurmfull, which lives in the folder of the plugins.
  AC_MSG_CHECKING([where Slurm keeps its plugins])
  AS_IF([test -n "$with_slurm_plugindir"], [slurmplugindir="$with_slurm_plugindir"], [
    slurmplugindir=`$PKG_CONFIG --variable=plugindir slurm 2>/dev/null`
    AS_IF([test -z "$slurmplugindir"], [
      slurm_program=`PATH="$slurm_bin"; command -v sbatch || command -v slurmd`
      AS_IF([test -n "$slurm_program"], [
        slurmplugindir=`ldd "$slurm_program" 2>/dev/null | $SED -n 's,.*=> \(/.*\)/libslurmfull[[^/]]*$,\1,p'`
      ])
    ])
  ])
  AS_IF([test -z "$slurmplugindir"], [
    AC_MSG_RESULT([unknown])
    AC_MSG_ERROR([no installed Slurm tells where its plugins are: install slurm-client, or give --with-slurm-plugindir=DIR])
  ])
  AC_MSG_RESULT([$slurmplugindir])
  AC_SUBST([slurmplugindir])

])

# SKJOB_WARNINGS: the warnings that the code is kept free of; --enable-werror makes them errors.
AC_DEFUN([SKJOB_WARNINGS], [
  AC_ARG_ENABLE([werror],
    [AS_HELP_STRING([--enable-werror], [treat warnings as errors (as CI does)])],
    [], [enable_werror=no])
  WARN_CFLAGS="-Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wvla"
  AS_IF([test "x$enable_werror" = xyes], [WARN_CFLAGS="$WARN_CFLAGS -Werror"])
  AC_SUBST([WARN_CFLAGS])
])

# SKJOB_SANITIZERS: --enable-sanitizers builds everything with ASan and UBSan. The plugin is left
# out: a program that loads it (slurmstepd) is not built with them.
AC_DEFUN([SKJOB_SANITIZERS], [
  AC_ARG_ENABLE([sanitizers],
    [AS_HELP_STRING([--enable-sanitizers], [build with AddressSanitizer and UBSan])],
    [], [enable_sanitizers=no])
  AS_IF([test "x$enable_sanitizers" = xyes], [
    SANITIZE_CFLAGS="-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"
  ])
  AC_SUBST([SANITIZE_CFLAGS])
  AM_CONDITIONAL([SANITIZERS], [test "x$enable_sanitizers" = xyes])
])
