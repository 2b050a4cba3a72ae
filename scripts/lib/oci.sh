# Writes OCI image layouts with nothing but coreutils, tar and gzip. The same input gives the same bytes, so
# the digests printed here are the truth the watcher's answers are compared with. Source it after common.sh.
# shellcheck shell=bash

oci_manifest_type=application/vnd.oci.image.manifest.v1+json
oci_index_type=application/vnd.oci.image.index.v1+json
oci_config_type=application/vnd.oci.image.config.v1+json
oci_layer_type=application/vnd.oci.image.layer.v1.tar+gzip

# oci_init LAYOUT: an empty layout.
oci_init() {
  mkdir -p "$1/blobs/sha256"
  printf '{"imageLayoutVersion":"1.0.0"}' >"$1/oci-layout"
  : >"$1/refs"
}

# oci_blob LAYOUT <BYTES: stores a blob; sets blob_digest and blob_size.
oci_blob() {
  local file hex
  file=$(mktemp "$1/blob.XXXXXX")
  cat >"$file"
  hex=$(sha256sum <"$file")
  hex=${hex%% *}
  blob_digest=sha256:$hex
  blob_size=$(stat -c %s "$file")
  mv "$file" "$1/blobs/sha256/$hex"
}

# oci_layer LAYOUT TEXT: a layer with one file of that text; sets layer_digest, layer_size and layer_diff_id.
oci_layer() {
  local root
  root=$(mktemp -d "$1/layer.XXXXXX")
  printf '%s\n' "$2" >"$root/message"
  tar --create --directory "$root" --sort=name --format=ustar --mode=0644 --mtime=@0 --owner=0 --group=0 \
    --numeric-owner --file "$root/layer.tar" message
  layer_diff_id=$(sha256sum <"$root/layer.tar")
  layer_diff_id=sha256:${layer_diff_id%% *}
  oci_blob "$1" < <(gzip --no-name --best --stdout "$root/layer.tar")
  layer_digest=$blob_digest layer_size=$blob_size
  rm -r "$root"
}

# oci_image LAYOUT ARCHITECTURE CREATED TEXT: an image of one layer; sets image_id, image_manifest and
# image_descriptor (its entry in an index).
oci_image() {
  local layout=$1 architecture=$2 created=$3 manifest_size
  oci_layer "$layout" "$4 ($architecture)"
  oci_blob "$layout" < <(printf '{"created":"%s","architecture":"%s","os":"linux","config":{"Cmd":["/message"]},%s' \
    "$created" "$architecture" \
    "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"$layer_diff_id\"]}}")
  image_id=$blob_digest
  oci_blob "$layout" < <(oci_manifest "$image_id" "$blob_size" "$oci_layer_type" "$layer_digest" "$layer_size")
  image_manifest=$blob_digest manifest_size=$blob_size
  printf -v image_descriptor '{"mediaType":"%s","digest":"%s","size":%d,"platform":%s}' \
    "$oci_manifest_type" "$image_manifest" "$manifest_size" "{\"architecture\":\"$architecture\",\"os\":\"linux\"}"
}

# oci_attestation LAYOUT MANIFEST: a build attestation for that manifest as BuildKit writes it, for the unknown
# platform; sets attestation_descriptor.
oci_attestation() {
  local config config_size statement
  oci_blob "$1" < <(printf '{"architecture":"unknown","os":"unknown","config":{},%s}' \
    '"rootfs":{"type":"layers","diff_ids":[]}')
  config=$blob_digest config_size=$blob_size
  oci_blob "$1" < <(printf '{"_type":"https://in-toto.io/Statement/v0.1","subject":[{"digest":{"sha256":"%s"}}]}' \
    "${2#sha256:}")
  statement=$blob_digest
  oci_blob "$1" < <(oci_manifest "$config" "$config_size" application/vnd.in-toto+json "$statement" "$blob_size")
  printf -v attestation_descriptor '{"mediaType":"%s","digest":"%s","size":%d,"annotations":{%s,%s},"platform":%s}' \
    "$oci_manifest_type" "$blob_digest" "$blob_size" "\"vnd.docker.reference.digest\":\"$2\"" \
    '"vnd.docker.reference.type":"attestation-manifest"' '{"architecture":"unknown","os":"unknown"}'
}

# oci_manifest CONFIG CONFIG_SIZE LAYER_TYPE LAYER LAYER_SIZE: the text of a manifest with one layer.
oci_manifest() {
  printf '{"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"%s","digest":"%s","size":%d},' \
    "$oci_manifest_type" "$oci_config_type" "$1" "$2"
  printf '"layers":[{"mediaType":"%s","digest":"%s","size":%d}]}' "$3" "$4" "$5"
}

# oci_index LAYOUT NAME DESCRIPTOR…: an index of these, known in the layout by NAME; sets index_digest.
oci_index() {
  local layout=$1 name=$2 entries
  shift 2
  entries=$(IFS=,; printf '%s' "$*")
  oci_blob "$layout" < <(printf '{"schemaVersion":2,"mediaType":"%s","manifests":[%s]}' "$oci_index_type" "$entries")
  index_digest=$blob_digest
  printf '{"mediaType":"%s","digest":"%s","size":%d,"annotations":{"org.opencontainers.image.ref.name":"%s"}}\n' \
    "$oci_index_type" "$index_digest" "$blob_size" "$name" >>"$layout/refs"
  printf '{"schemaVersion":2,"manifests":[%s]}' "$(paste -sd, "$layout/refs")" >"$layout/index.json"
}
