"""The collector: a script with which vendors read evidence from their own AWS accounts, and the page it is on."""
