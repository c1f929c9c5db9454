namespace Yinxin.Identity.Faces;

/// <summary>Why a picture was not judged.</summary>
public enum FaceFault
{
    /// <summary>No JPEG or PNG, or broken.</summary>
    NotAPicture,

    /// <summary>More bytes or pixels than are taken.</summary>
    TooLarge,

    /// <summary>Too few pixels, or the face in it too small.</summary>
    TooSmall,

    NoFace,

    SeveralFaces,

    /// <summary>No engine was free in time.</summary>
    Busy,

    /// <summary>The engine failed or was too slow at this picture.</summary>
    Failed,
}

/// <summary>A picture that cannot be judged.</summary>
/// <param name="fault">Why.</param>
/// <param name="inner">What was behind it.</param>
#pragma warning disable CA1032 // Without a fault it says nothing.
public sealed class FaceException(FaceFault fault, Exception? inner = null) : Exception($"The picture cannot be judged: {fault}.", inner)
#pragma warning restore CA1032
{
    public FaceFault Fault => fault;
}
