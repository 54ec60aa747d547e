//! The graph's file: a header, then segments that are only ever appended.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::Arc;

use super::super::StoreError;
use super::Grown;
use super::bytes::{Bytes, checksum};
use super::place::Place;
use super::segment;
use super::texts::{self, Stretch, Texts};
use crate::graph::{Columns, CommitGraph, CommitTexts};

const MAGIC: &[u8; 8] = b"fdcommit";
/// Raised when an older reader could misread a newer file.
const VERSION: u32 = 3;
const HEADER: usize = 24;
const SEGMENT: [u8; 4] = *b"seg1";
const SEGMENT_HEADER: usize = 32;

/// What is loaded of a repository's files.
#[derive(Clone, Debug)]
pub struct Log {
    /// The commits.
    pub graph: Arc<CommitGraph>,
    /// What people wrote about them.
    pub texts: Arc<dyn CommitTexts>,
    /// The ends of the segments.
    pub marks: Arc<[Mark]>,
    /// Which texts' file belongs to it; 0 while nothing is kept.
    generation: u32,
    /// Where the last good segment ends.
    end: u64,
}

/// The end of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// How many commits there are up to here.
    pub commits: u32,
    /// The checksum over everything up to here.
    pub checksum: u32,
    /// Where the texts of the segment's commits begin, and how long they are.
    pub texts: (u64, u64),
}

impl Default for Log {
    fn default() -> Self {
        let texts = Arc::new(Texts::default());
        Self { graph: Arc::default(), texts, marks: Arc::default(), generation: 0, end: 0 }
    }
}

/// Why a file cannot be used.
enum Unusable {
    Io(io::Error),
    /// Damaged, of another version, or without its texts.
    Content,
}

impl From<io::Error> for Unusable {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Place {
    /// What is kept, going on from what was loaded before. What cannot be used is set aside.
    ///
    /// # Errors
    /// When a file is there and cannot be read.
    pub fn load(&self, before: Option<Log>) -> Result<Log, StoreError> {
        match self.try_load(before.as_ref()) {
            Ok(log) => Ok(log),
            Err(Unusable::Io(error)) => Err(StoreError::io(&self.graph(), error)),
            Err(Unusable::Content) => {
                // Somebody may have begun anew between two reads; with the lock it is certain.
                let _lock = self.lock()?;
                self.load_locked(None)
            }
        }
    }

    /// The same while holding the lock.
    ///
    /// # Errors
    /// When a file is there and cannot be read, or cannot be set aside.
    pub fn load_locked(&self, before: Option<Log>) -> Result<Log, StoreError> {
        match self.try_load(before.as_ref()) {
            Ok(log) => Ok(log),
            Err(Unusable::Io(error)) => Err(StoreError::io(&self.graph(), error)),
            Err(Unusable::Content) => {
                self.set_aside()?;
                Ok(Log::default())
            }
        }
    }

    fn try_load(&self, before: Option<&Log>) -> Result<Log, Unusable> {
        let mut file = match File::open(self.graph()) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Log::default()),
            Err(error) => return Err(error.into()),
        };
        let mut header = [0; HEADER];
        if let Err(error) = file.read_exact(&mut header) {
            return Err(if error.kind() == io::ErrorKind::UnexpectedEof { Unusable::Content } else { error.into() });
        }
        let generation = generation(&header).ok_or(Unusable::Content)?;
        let length = file.metadata()?.len();
        let before = before.filter(|log| log.generation == generation && log.end <= length);
        if let Some(same) = before.filter(|log| log.end == length) {
            return Ok(same.clone());
        }
        let (mut columns, mut marks) =
            before.map_or_else(Default::default, |log| (log.graph.columns_from(0), log.marks.to_vec()));
        let start = before.map_or(HEADER as u64, |log| log.end);
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(start))?;
        file.read_to_end(&mut bytes)?;
        let read = segments(&bytes, &header, &mut columns, &mut marks) as u64;
        if let Some(same) = before.filter(|_| read == 0) {
            return Ok(same.clone());
        }
        let graph = CommitGraph::try_from(columns).map_err(|_| Unusable::Content)?;
        self.assemble(Arc::new(graph), marks, generation, start + read)
    }

    fn assemble(&self, graph: Arc<CommitGraph>, marks: Vec<Mark>, generation: u32, end: u64) -> Result<Log, Unusable> {
        let texts = match File::open(self.texts(generation)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Unusable::Content),
            Err(error) => return Err(error.into()),
        };
        let whole = marks.last().map_or(0, |mark| mark.texts.0.saturating_add(mark.texts.1));
        if texts.metadata()?.len() < whole {
            return Err(Unusable::Content);
        }
        let mut first = 0;
        let stretches = marks.iter().map(|mark| {
            let stretch = Stretch {
                first,
                commits: mark.commits.saturating_sub(first),
                start: mark.texts.0,
                length: mark.texts.1,
            };
            first = mark.commits;
            stretch
        });
        let texts = Arc::new(Texts::new(texts, stretches.collect(), graph.clone()));
        Ok(Log { graph, texts, marks: marks.into(), generation, end })
    }

    /// Writes what `grown` brought: behind what is there, or as a new file when it begins anew. The texts go first and to the disk, so that a segment never tells of texts that are not there. Hold the lock.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self, log: Log, grown: Grown<'_>, restart: bool) -> Result<Log, StoreError> {
        let Grown { graph, from, new } = grown;
        let anew = restart || log.generation == 0;
        let generation = if anew { self.next_generation() } else { log.generation };
        let mut columns = graph.columns_from(from);
        // A known commit can become a boundary; its mark goes with the new ones.
        let late = graph.boundary().filter(|pos| pos.index() < from && !log.graph.is_boundary(*pos));
        columns.boundary.extend(late.map(|pos| (pos, 0)));

        let texts_path = self.texts(generation);
        let text = texts::encode(new.iter().map(|record| &record.text.subject));
        let texts = texts::append(&texts_path, &text).map_err(|error| StoreError::io(&texts_path, error))?;

        let header = header(generation);
        let before = if anew { checksum(0, &[&header]) } else { last_checksum(&log.marks, &header) };
        let payload = segment::encode(&columns);
        let mut head = Vec::with_capacity(SEGMENT_HEADER);
        head.extend_from_slice(&SEGMENT);
        for number in [payload.len() as u64, texts.0, texts.1] {
            head.extend_from_slice(&number.to_le_bytes());
        }
        let checksum = checksum(before, &[&head, &payload]);
        head.extend_from_slice(&checksum.to_le_bytes());

        let path = self.graph();
        let written = if anew {
            self.begin(generation, &[&header, &head, &payload]).map(|()| HEADER as u64)
        } else {
            self.extend(log.end, &[&head, &payload]).map(|()| log.end)
        };
        let start = written.map_err(|error| StoreError::io(&path, error))?;
        let mut marks = if anew { Vec::new() } else { log.marks.to_vec() };
        marks.push(Mark { commits: u32::try_from(graph.len()).unwrap_or(u32::MAX), checksum, texts });
        let end = start + (head.len() + payload.len()) as u64;
        self.assemble(Arc::new(graph), marks, generation, end).map_err(|unusable| match unusable {
            Unusable::Io(error) => StoreError::io(&path, error),
            Unusable::Content => {
                StoreError::Damaged { path, why: "the texts that were written are not there".to_owned() }
            }
        })
    }

    /// Puts a new file in the place of the old one, in one step.
    fn begin(&self, generation: u32, parts: &[&[u8]]) -> io::Result<()> {
        let new = self.file("graph.new");
        let mut file = File::create(&new)?;
        parts.iter().try_for_each(|part| file.write_all(part))?;
        file.sync_data()?;
        fs::rename(&new, self.graph())?;
        // What belonged to the old one. One that another process still holds open stays for it, or until next time.
        let ours = format!("texts-{generation}");
        for name in self.names("texts-") {
            if name != ours {
                let _ = fs::remove_file(self.file(&name));
            }
        }
        Ok(())
    }

    /// Writes behind the last good segment; what lies there is the rest of a write that was not finished.
    fn extend(&self, end: u64, parts: &[&[u8]]) -> io::Result<()> {
        let mut file = File::options().write(true).open(self.graph())?;
        file.set_len(end)?;
        file.seek(SeekFrom::Start(end))?;
        parts.iter().try_for_each(|part| file.write_all(part))
    }
}

fn header(generation: u32) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[..8].copy_from_slice(MAGIC);
    header[8..12].copy_from_slice(&VERSION.to_le_bytes());
    header[12..16].copy_from_slice(&generation.to_le_bytes());
    let sum = checksum(0, &[&header[..16]]);
    header[16..20].copy_from_slice(&sum.to_le_bytes());
    header
}

/// The generation that a good header of this version names.
fn generation(header: &[u8; HEADER]) -> Option<u32> {
    let found = generation_of(header)?;
    (*header == self::header(found)).then_some(found)
}

fn generation_of(header: &[u8]) -> Option<u32> {
    Bytes(header.get(12..)?).u32()
}

fn last_checksum(marks: &[Mark], header: &[u8; HEADER]) -> u32 {
    marks.last().map_or_else(|| checksum(0, &[header]), |mark| mark.checksum)
}

/// Reads the good segments at the front of `bytes`, and says how many bytes they take.
fn segments(bytes: &[u8], header: &[u8; HEADER], columns: &mut Columns, marks: &mut Vec<Mark>) -> usize {
    let mut rest = Bytes(bytes);
    let mut good = 0;
    while segment_at(&mut rest, header, columns, marks).is_some() {
        good = bytes.len() - rest.0.len();
    }
    good
}

fn segment_at(rest: &mut Bytes<'_>, header: &[u8; HEADER], columns: &mut Columns, marks: &mut Vec<Mark>) -> Option<()> {
    let head = rest.take(SEGMENT_HEADER)?;
    let (covered, sum) = head.split_at_checked(SEGMENT_HEADER - 4)?;
    let mut fields = Bytes(covered.strip_prefix(&SEGMENT)?);
    let (length, start, text_length) = (fields.u64()?, fields.u64()?, fields.u64()?);
    let payload = rest.take(usize::try_from(length).ok()?)?;
    let expected = checksum(last_checksum(marks, header), &[covered, payload]);
    if Bytes(sum).u32()? != expected {
        return None;
    }
    segment::decode(payload, columns)?;
    let commits = u32::try_from(columns.ids.len()).ok()?;
    marks.push(Mark { commits, checksum: expected, texts: (start, text_length) });
    Some(())
}
