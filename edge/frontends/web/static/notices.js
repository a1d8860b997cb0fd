// What a view tells its reader: what was done, to screen readers; what was refused, to everybody.

export function notices(statusId, alertId) {
  const [status, alert] = [statusId, alertId].map((id) => document.getElementById(id));
  return {
    announce: (text) => (status.textContent = text),
    // An empty text hides the last one.
    refuse: (text) => {
      alert.textContent = text;
      alert.hidden = !text;
      if (text) alert.scrollIntoView({ block: "nearest" });
    },
  };
}
