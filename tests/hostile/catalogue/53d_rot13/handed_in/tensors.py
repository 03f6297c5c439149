# coding: rot13
vzcbeg gbepu
