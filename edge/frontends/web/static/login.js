// The token comes in the link's fragment, which is never sent; whoever is let in already goes on.
const token = location.hash.slice(1);
const field = document.getElementById("token");
document.getElementById("wrong").hidden = !location.search.includes("wrong");
if (token) {
  history.replaceState(null, "", "/login");
  field.value = token;
  field.form.submit();
} else if ((await fetch("/api/status")).ok) {
  location.replace("/");
} else {
  field.focus();
}
