/** Sends one file with progress. `fetch` cannot report how much has gone out, so this is the one XMLHttpRequest. */
import { ApiError, asProblem, offline } from '../api/client.ts';
import type { AssetDetail, AssetInput } from '../api/types.ts';

type Options = { onProgress: (sent: number, total: number) => void; signal: AbortSignal };

export function sendNewAsset(file: File, metadata: AssetInput, options: Options): Promise<AssetDetail> {
  const form = new FormData();
  // The description goes first, so that the server can refuse it before it takes the whole file.
  form.append('metadata', JSON.stringify(metadata));
  form.append('file', file);
  return send('/api/v1/assets', form, options);
}

export function sendNewVersion(assetId: string, file: File, metadata: AssetInput, options: Options): Promise<AssetDetail> {
  const form = new FormData();
  form.append('metadata', JSON.stringify(metadata));
  form.append('file', file);
  return send(`/api/v1/assets/${encodeURIComponent(assetId)}/versions`, form, options);
}

function send(url: string, form: FormData, { onProgress, signal }: Options): Promise<AssetDetail> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', url);
    request.responseType = 'json';
    request.upload.onprogress = (event) => onProgress(event.loaded, event.total);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(request.response as AssetDetail);
      else reject(new ApiError(asProblem(request.response, request.status)));
    };
    request.onerror = () => reject(new ApiError(offline));
    request.onabort = () => reject(new DOMException('Cancelled', 'AbortError'));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(form);
  });
}
