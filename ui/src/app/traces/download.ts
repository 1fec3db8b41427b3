/** Saves a text as a file; the browser or the window determines the folder. */
export function download(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The URL must stay valid until the download has begun.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
