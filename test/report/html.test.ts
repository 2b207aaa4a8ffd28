import { describe, expect, it } from 'vitest';
import { escapeText, html, scriptJson, trusted } from '../../dist/report/html.js';

describe('markup', () => {
  it('escapes what is inserted, in text and in attributes', () => {
    const evil = `<b a="1" c='2'>&`;
    expect(html`<i title="${evil}">${evil}</i>`.text).toBe(
      '<i title="&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;">&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;</i>',
    );
  });

  it('leaves markup as it is and joins lists', () => {
    expect(html`<p>${[html`<b>${'<'}</b>`, '&', 3, trusted('<br>')]}</p>`.text).toBe('<p><b>&lt;</b>&amp;3<br></p>');
  });

  it('replaces characters that HTML forbids', () => {
    expect(escapeText('a\u0000b\u001bc\td')).toBe('a\ufffdb\ufffdc\td');
  });

  it('writes JSON that no script element can be closed by', () => {
    const value = { text: '</script><!--\u2028&', bad: Number.NaN };
    const text = scriptJson(value).text;
    expect(text).not.toMatch(/[<>&\u2028]/);
    expect(JSON.parse(text)).toEqual({ ...value, bad: 'NaN' });
  });
});
