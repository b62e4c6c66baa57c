# The image of plunkmock: one static binary, the certificates to check others
# by, an empty /tmp, and /data for what is to stay. It has no shell, and it runs as a
# user who owns nothing but /data.
#
#   docker build -t plunkmock .
#   docker run --rm -p 127.0.0.1:4580:4580 -p 127.0.0.1:4525:4525 plunkmock
#
# The tag of the base image names Go's version. A tag can be moved; a digest
# cannot. To build from the very same bytes each time, give the digest that
# `docker buildx imagetools inspect` tells:
#
#   docker build --build-arg GO_IMAGE=golang:1.26.8-bookworm@sha256:… .
#
# For another architecture add --platform linux/arm64, and with buildah 1.28 also
# --build-arg BUILDPLATFORM=linux/amd64 and --format docker (the health check).

ARG GO_IMAGE=golang:1.26.8-bookworm

# It is built where the builder runs, also for another architecture: Go needs no
# emulator for that.
FROM --platform=$BUILDPLATFORM $GO_IMAGE AS build
WORKDIR /src
COPY . .
ARG TARGETOS
ARG TARGETARCH
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -buildvcs=false -ldflags '-s -w' -o /image/plunkmock ./cmd/plunkmock
RUN mkdir -p /image/etc/ssl/certs /image/tmp /data \
    && cp /etc/ssl/certs/ca-certificates.crt /image/etc/ssl/certs/ \
    && chmod 1777 /image/tmp

FROM scratch
ARG VERSION=0.1.0
ARG REVISION=
LABEL org.opencontainers.image.title="plunkmock" \
      org.opencontainers.image.description="Plunk's email API on your own machine: no account, no network, and no mail leaves it" \
      org.opencontainers.image.source="https://github.com/plunkmock/plunkmock" \
      org.opencontainers.image.documentation="https://github.com/plunkmock/plunkmock#readme" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
COPY --from=build /image/ /
COPY --from=build --chown=65532:65532 /data /data
COPY LICENSE /LICENSE

# Inside a container loopback is the container alone, so it listens on all
# addresses; which of them others reach, -p says. The user has no home for the
# certificate authority of --tls and --proxy, which is kept beside --state.
ENV PLUNKMOCK_HTTP=0.0.0.0:4580 \
    PLUNKMOCK_SMTP=0.0.0.0:4525 \
    PLUNKMOCK_STATE_DIR=/data
EXPOSE 4580 4525
USER 65532:65532
STOPSIGNAL SIGTERM

# It sees the variables of the container, and not the flags: whoever wants
# another port inside says so by PLUNKMOCK_PORT.
HEALTHCHECK --interval=3s --timeout=5s --start-period=5s --retries=3 CMD ["/plunkmock", "healthcheck"]
ENTRYPOINT ["/plunkmock"]
