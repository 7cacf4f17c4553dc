"""What the rows of a form are about: communes, lines of money, totals."""
