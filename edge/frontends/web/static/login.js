// The token is in the fragment of the link, which browsers do not send. With a valid cookie, or
// where no token is required, the form is skipped.
const token = location.hash.slice(1);
const field = document.getElementById("token");
document.getElementById("wrong").hidden = !location.search.includes("wrong");
if (token) {
  history.replaceState(null, "", "login");
  field.value = token;
  field.form.submit();
} else if ((await fetch("api/status")).ok) {
  location.replace("./");
} else {
  field.focus();
}
