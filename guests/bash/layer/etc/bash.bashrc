# Read by interactive shells that are no login shells.
PS1='\u@\h:\w\$ '
alias ll='ls -la'
alias la='ls -A'
