import { describe, expect, it } from 'vitest';
import { fileName, fileStem, refusalLine, titleFrom } from './files';

describe('names of files', () => {
  it.each([
    ['/home/ana/Day 1/C0001.MP4', 'C0001.MP4', 'C0001'],
    ['D:\\footage\\interview.final.mov', 'interview.final.mov', 'interview.final'],
    ['/media/card/', 'card', 'card'],
    ['/home/ana/.hidden', '.hidden', '.hidden'],
    ['/tmp/no ending. really', 'no ending. really', 'no ending. really'],
  ])('reads %s', (path, name, stem) => {
    expect(fileName(path)).toBe(name);
    expect(fileStem(path)).toBe(stem);
  });

  it('makes one line of a name that is none, as long as a name may be', () => {
    expect(titleFrom('/a/two\nlines.mov')).toBe('two lines');
    expect([...titleFrom(`/a/${'🎬'.repeat(250)}.mp4`)]).toHaveLength(200);
    expect(titleFrom('/a/\n')).toBe('');
  });

  it('names a refused file once', () => {
    expect(refusalLine('/a/b.txt', '“b.txt” is not a video.')).toBe('“b.txt” is not a video.');
    expect(refusalLine('/a/b.txt', 'It is empty.')).toBe('b.txt: It is empty.');
  });
});
