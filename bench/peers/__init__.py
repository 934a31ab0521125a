"""Other senders under the same load, each in the environment it is installed in; none of them records."""
