using Org.BouncyCastle.Crypto;

namespace Yinxin.Trust.Suites;

/// <summary>Lets BouncyCastle's generators of certificates, requests and CRLs sign with any <see cref="ISigner"/>.</summary>
internal sealed class SignatureFactory(ISigner signer) : ISignatureFactory
{
    public object AlgorithmDetails => signer.Algorithm.Identifier();

    public IStreamCalculator<IBlockResult> CreateCalculator() => new Calculator(signer);

    private sealed class Calculator(ISigner signer) : IStreamCalculator<IBlockResult>, IDisposable
    {
        private readonly MemoryStream data = new();

        public Stream Stream => data;

        public void Dispose() => data.Dispose();

        public IBlockResult GetResult() => new SimpleBlockResult(signer.Sign(data.ToArray()));
    }

    private sealed class SimpleBlockResult(byte[] signature) : IBlockResult
    {
        public byte[] Collect() => signature;

        public int Collect(byte[] buf, int off)
        {
            signature.CopyTo(buf, off);
            return signature.Length;
        }

        public int Collect(Span<byte> output)
        {
            signature.CopyTo(output);
            return signature.Length;
        }

        public int GetMaxResultLength() => signature.Length;
    }
}
