namespace Yinxin.Trust.Cli.Vectors;

/// <summary>The file cannot be read or asks for something that is not known here; the message is for the person who ran the command.</summary>
internal sealed class VectorException(string message, Exception? cause = null) : Exception(message, cause);
