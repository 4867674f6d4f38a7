"""What can be studied: banks, their facts and questions, articles, and reports on them."""
