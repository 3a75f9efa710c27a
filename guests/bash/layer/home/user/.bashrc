# Read by interactive shells.
PS1='\u@\h:\w\$ '
alias ll='ls -la'
alias la='ls -A'
