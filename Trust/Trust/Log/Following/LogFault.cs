namespace Yinxin.Trust.Log;

/// <summary>What is wrong with a log that is followed.</summary>
public enum LogFault
{
    /// <summary>Nothing is known: the log's files could not be read. Not the log's lie.</summary>
    Unreachable,

    /// <summary>A file is longer than its format allows.</summary>
    TooLarge,

    /// <summary>A file that a signed head promises is not there.</summary>
    Missing,

    /// <summary>A note, a bundle or a tile has another form.</summary>
    Malformed,

    /// <summary>A tile holds another hash than its entries give.</summary>
    Tile,

    /// <summary>The entries have another root than the head states.</summary>
    Root,

    /// <summary>The head belongs to another log.</summary>
    Origin,

    /// <summary>A known key's signature is wrong, or none of a known key is there.</summary>
    Signature,

    /// <summary>Fewer witnesses cosigned than the policy demands.</summary>
    Cosignature,

    /// <summary>Two signed heads do not belong to one history.</summary>
    Fork,

    /// <summary>A head is smaller than one that was signed and served before.</summary>
    Shrunk,

    /// <summary>An entry that is none of this kind of log.</summary>
    Entry,

    /// <summary>An entry that the one whom it concerns does not know.</summary>
    Unknown,
}

/// <summary>A log did not stand the check.</summary>
/// <param name="fault">What is wrong.</param>
/// <param name="message">Names the file or the head.</param>
/// <param name="cause">What was thrown underneath.</param>
public sealed class LogFaultException(LogFault fault, string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>What is wrong.</summary>
    public LogFault Fault => fault;
}
